import { describe, expect, it } from '@jest/globals';
import { evaluate } from '../../evaluate/evaluate.js';
import { flag, snapshotOf, state } from '../../testing/builders.js';
import type { JsonValue } from '../../types.js';
import { importFlagd } from './import-flagd.js';

const definitions = (targeting: JsonValue, more: object = {}) => ({
  flags: { f: { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off', targeting } },
  ...more,
});
const against = (version: JsonValue): JsonValue => ({ if: [{ sem_ver: [{ var: 'version' }, '>=', version] }, 'on', 'off'] });
const targetingOf = (document: object) =>
  (
    importFlagd(document, state({}), null, { lenient: true }).states.flags[0] as
      { rules?: { targeting: JsonValue }[] } | undefined
  )?.rules?.[0]?.targeting;

describe('a lenient import of flagd definitions', () => {
  it.each([
    ['1', '1.0.0'],
    ['1.2', '1.2.0'],
    ['v1', '1.0.0'],
    ['V1.2', '1.2.0'],
    ['v1.2.3-rc.1+b', '1.2.3-rc.1+b'],
    ['1.2.3', '1.2.3'],
  ])('reads a comparison with the version %j as one with %j', (written, version) => {
    expect(targetingOf(definitions(against(written)))).toEqual(against(version));
  });

  it.each(['', 'one', '1.2.3.4', '01', '1.', '.1', ' 1', '1.x', '^1', 'vv1', '-1'])(
    'leaves out what compares with %j',
    (written) => {
      const { states, notKept } = importFlagd(definitions(against(written)), state({}), null, { lenient: true });
      expect([states.flags, notKept]).toEqual([[], [{ flag: 'f', detail: expect.stringContaining('it is left out') }]]);
    },
  );

  it('says what it has written out, in flags and evaluators, and where', () => {
    const $evaluators = { recent: { sem_ver: [{ var: 'version' }, '>=', '2'] } };
    const { rewritten, states } = importFlagd(
      definitions({ if: [{ $ref: 'recent' }, 'on', null] }, { $evaluators }),
      state({}),
      null,
      {
        lenient: true,
      },
    );
    expect(rewritten).toEqual([
      {
        flag: 'recent',
        pointer: '/$evaluators/recent',
        detail: expect.any(String),
        expression: { sem_ver: [{ var: 'version' }, '>=', '2.0.0'] },
      },
    ]);
    expect(states.segments).toHaveLength(1);
    const { rewritten: inFlag } = importFlagd(definitions(against('v1')), state({}), null, { lenient: true });
    expect(inFlag.map(({ pointer }) => pointer)).toEqual(['/flags/f/targeting/if/0']);
  });

  it('changes nothing where it is not asked for', () => {
    const { defects, rewritten } = importFlagd(definitions(against('1')), state({}), null);
    expect([defects.map(({ pointer }) => pointer), rewritten]).toEqual([['/flags/f/targeting/if/0/sem_ver/2'], []]);
  });

  it('gives what the comparison as it was written gives', () => {
    for (const [written, whole] of [
      ['1', '1.0.0'],
      ['v1.2', '1.2.0'],
    ] as const)
      // prettier-ignore
      for (const relation of ['=', '!=', '>', '<', '>=', '<=', '~', '^'])
        for (const version of ['0.9.0', '1', '1.0.0', '1.2', '1.2.0', 'v1.2.1', '1.2.0-rc', '2.0.0', 'x']) {
          const served = (other: string) => {
            // as an operand that is only known when it is evaluated, which is read as flagd reads it
            const targeting = { if: [{ sem_ver: [{ var: 'version' }, relation, { var: 'other' }] }, 'on', 'off'] };
            const at = snapshotOf([flag('f', { enabled: true, rules: [{ id: 'r', targeting }] })]);
            return evaluate(at, 'f', { version, other }, 0);
          };
          expect(served(written)).toEqual(served(whole));
        }
  });
});
