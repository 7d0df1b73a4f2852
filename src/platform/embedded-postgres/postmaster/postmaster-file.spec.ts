import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findPostmaster, hasOpened } from './postmaster-file.js';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'postmaster-'));
});
afterEach(() => {
  rmSync(data, { recursive: true });
});

const write = (...lines: (string | number)[]) => {
  writeFileSync(join(data, 'postmaster.pid'), `${lines.join('\n')}\n`);
};

describe('the file of a postmaster', () => {
  it('says when the port is its own: another program may have answered there before', () => {
    expect(hasOpened(data, 42)).toBe(false);
    write(42, data, 1_790_000_000, 5432, '', '127.0.0.1', '  1234 5');
    expect(hasOpened(data, 42)).toBe(false);
    write(42, data, 1_790_000_000, 5432, '', '127.0.0.1', '  1234 5', 'starting');
    expect(hasOpened(data, 42)).toBe(false);
    write(42, data, 1_790_000_000, 5432, '', '127.0.0.1', '  1234 5', 'ready   ');
    expect(hasOpened(data, 42)).toBe(true);
    expect(hasOpened(data, 43)).toBe(false);
  });

  it('is none of a server where the pid is that of another program', () => {
    write(process.pid, join(data, 'of-another'), 1_790_000_000, 5432, '', '127.0.0.1', '  1234 5', 'ready   ');
    expect(findPostmaster(join(data, 'nothing'))).toBeNull();
    write(99_999_999, data, 1_790_000_000, 5432, '', '127.0.0.1', '  1234 5', 'ready   ');
    expect(findPostmaster(data)).toBeNull();
  });
});
