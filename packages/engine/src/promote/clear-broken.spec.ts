import { describe, expect, it } from '@jest/globals';
import { introducedDefects } from '../defects/resolved-defects.js';
import { defectsAcross } from '../defects/defects-across.js';
import { runToEnd } from '../interruptible.js';
import { type OverrideContent, withRowEdits } from '../resolve/overrides.js';
import { environmentsInTreeOrder } from '../state/chain.js';
import type { State } from '../state/state.js';
import { serveOn } from '../testing/answers.js';
import { environment, flag, override, state } from '../testing/builders.js';
import type { EnvironmentFlag, EnvironmentSettings, Flag } from '../types.js';
import { slicedClearing } from './clear-broken.js';

const BLUE = [{ key: 'on', value: true }, { key: 'off', value: false }, { key: 'blue', value: true }]; // prettier-ignore

interface Given {
  settings?: Record<string, EnvironmentSettings>;
  base?: Partial<Flag>;
  rows?: EnvironmentFlag[];
  after: OverrideContent;
}

/** Production writes `after` of the flag "f"; staging and development are below it. */
function cleared({
  settings = { production: { protected: true }, staging: { protected: false } },
  base,
  rows = [],
  after,
}: Given) {
  const parents = [['production', null], ['staging', 'production'], ['development', 'staging']] as const; // prettier-ignore
  const before = state({
    environments: parents.map(([slug, parent]) => environment(slug, parent, { settings: settings[slug] ?? {} })),
    flags: [flag('f', base)],
    overrides: rows,
  });
  const written = withRowEdits(before, [{ environment: 'production', flag: 'f', before: null, after }]);
  const defects = (at: State) => defectsAcross(at, [...at.flags.values()][0] as Flag, environmentsInTreeOrder(at));
  const introduced = introducedDefects(defects(before), defects(written));
  expect(introduced).not.toEqual([]);
  const result = runToEnd(slicedClearing(before, written, introduced, new Set(['production'])));
  return { ...result, left: introducedDefects(defects(before), defects(result.after)) };
}

const fieldsOf = ({ fields }: ReturnType<typeof cleared>) => fields.map(({ environment: slug, field }) => `${slug} ${field}`);

describe('what a write with force clears', () => {
  it('is the field that would be broken, and nothing else of the override', () => {
    const rows = [override('staging', 'f', { defaultVariant: 'blue', percentage: 20, reason: 'trial' })];
    const result = cleared({ base: { variants: BLUE }, rows, after: { variants: BLUE.slice(0, 2) } });
    expect(fieldsOf(result)).toEqual(['staging defaultVariant']);
    expect(result.rows.map(({ after }) => after)).toEqual([{ percentage: 20, reason: 'trial' }]);
    expect(result.left).toEqual([]);
  });

  it('is another field, when that is what stands in the way', () => {
    const rows = [override('staging', 'f', { variants: BLUE.slice(0, 2) })];
    const result = cleared({
      base: { variants: BLUE },
      rows,
      after: { rules: [serveOn('r', [], { serve: { variant: 'blue' } })] },
    });
    expect(fieldsOf(result)).toEqual(['staging variants']);
    expect(result.rows[0]?.after).toBeNull();
    expect(result.left).toEqual([]);
  });

  it('stands wherever it comes from below the written environment', () => {
    const rows = [
      override('staging', 'f', { defaultVariant: 'blue' }),
      override('development', 'f', { rules: [serveOn('r', [], { serve: { variant: 'blue' } })], enabled: true }),
    ];
    const result = cleared({ base: { variants: BLUE }, rows, after: { variants: BLUE.slice(0, 2) } });
    expect(fieldsOf(result).sort()).toEqual(['development rules', 'staging defaultVariant']);
    expect(result.left).toEqual([]);
  });

  it.each<[string, Record<string, EnvironmentSettings>]>([
    ['nobody is guarded', {}],
    ['both are guarded alike', { production: { protected: true } }],
    ['each has a guard of its own', { production: { protected: true }, staging: { protected: false, require_approval: true } }],
  ])('is nothing where %s', (_, settings) => {
    const rows = [override('staging', 'f', { defaultVariant: 'blue' })];
    const result = cleared({ settings, base: { variants: BLUE }, rows, after: { variants: BLUE.slice(0, 2) } });
    expect(fieldsOf(result)).toEqual([]);
    expect(result.left).not.toEqual([]);
  });

  it('is nothing where no clearing helps', () => {
    const rows = [override('staging', 'f', { percentage: 20 })];
    const result = cleared({ rows, after: { defaultVariant: 'blue' } });
    expect(fieldsOf(result)).toEqual([]);
    expect(result.rows).toEqual([]);
  });
});
