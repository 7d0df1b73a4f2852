import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import type { Flag } from '@flagtree/api';
import { curlOf, inverseOf } from './draft.js';

const flagWith = (override: unknown) => ({ key: 'a', override }) as Flag;

describe('what takes a write back', () => {
  it('writes the fields of the write as they were, and no other', () => {
    const before = flagWith({ enabled: true, percentage: 20, rules: null, rulesMode: 'append' });
    expect(inverseOf({ enabled: false, rules: [], rulesMode: 'replace' }, before)).toEqual({
      enabled: true,
      rules: null,
      rulesMode: 'append',
    });
  });

  it('inherits again where there was no override', () => {
    expect(inverseOf({ enabled: false, percentage: 5 }, flagWith(null))).toEqual({ enabled: null, percentage: null });
  });
});

describe('the command of a write', () => {
  it.each(["Incident #123 isn't over", '$(touch /tmp/x) `id` "quoted"', 'a\nb \\ c'])(
    'keeps the reason %j for a shell',
    (reason) => {
      const command = curlOf('http://localhost:3000/', 'a.b', 'staging', { enabled: false }, reason);
      const printed = execFileSync('sh', ['-c', command.replace('curl', 'printf "%s\\n"')], {
        env: { FLAGTREE_TOKEN: 'x' },
      });
      const body = JSON.stringify({ environment: 'staging', enabled: false, reason });
      expect(printed.toString()).toContain(body);
      expect(command).not.toContain('ft_');
    },
  );
});
