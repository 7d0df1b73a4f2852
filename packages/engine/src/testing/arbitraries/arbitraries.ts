import fc from 'fast-check';
import { buildState, type State, type StateRows } from '../../state/state.js';
import type { Environment, EnvironmentFlag, Flag, Segment } from '../../types.js';
import { environment, environmentFlag, flag, segment } from '../rows.js';

export { context, moment } from './contexts.js';
export { ATTRIBUTES, attributeCondition, condition, operator } from './conditions.js';
export { idOf, rules, STAMPS, VARIANT_KEYS, variants } from '../rows.js';
export { percentage, safeNumber, storableJson, storableText, valueOfType } from './values.js';

export interface ForestSize {
  environments?: number;
  flags?: number;
  segments?: number;
}

/**
 * Forests of environments (to depth 10 and more) with flags and overrides of every field, explicit nulls, empty lists and all rules modes.
 * All rows are sound: whatever is named exists, values have their types, nothing is circular, and PostgreSQL can store them.
 */
export function forestRows({ environments = 12, flags = 4, segments = 3 }: ForestSize = {}): fc.Arbitrary<StateRows> {
  return fc
    .record({
      revision: fc.integer({ min: 1, max: 1_000_000 }),
      environments: environmentForest(environments),
      segments: chained<Segment>(segments, (row, earlier) =>
        segment(
          row,
          `seg-${row}`,
          earlier.map((one) => one.key),
        ),
      ),
    })
    .chain((rows) =>
      chained<Flag>(flags, (row, earlier) =>
        flag(
          row,
          `flag.${row}`,
          earlier.filter((one) => one.archivedAt === null).map((one) => one.key),
          rows.segments.map((one) => one.key),
        ),
      ).map((made) => ({ ...rows, flags: made })),
    )
    .chain((rows) => overridesOf(rows.environments, rows.flags, rows.segments).map((overrides) => ({ ...rows, overrides })));
}

export function forest(size?: ForestSize): fc.Arbitrary<State> {
  return forestRows(size).map(buildState);
}

/** Each hangs below one of those before it, most often the last, or is a root. */
function environmentForest(max: number): fc.Arbitrary<Environment[]> {
  return chained<Environment>(
    max,
    (row, earlier) =>
      fc
        .oneof(
          { weight: 6, arbitrary: fc.constant(earlier.at(-1)?.id ?? null) },
          { weight: 2, arbitrary: earlier.length > 0 ? fc.constantFrom(...earlier.map((one) => one.id)) : fc.constant(null) },
          { weight: 1, arbitrary: fc.constant(null) },
        )
        .chain((parentId) => environment(row, `env-${row}`, parentId)),
    1,
  );
}

function overridesOf(
  environments: readonly Environment[],
  flags: readonly Flag[],
  segments: readonly Segment[],
): fc.Arbitrary<EnvironmentFlag[]> {
  const pairs = environments.flatMap((one, e) =>
    flags.map((flagRow, f) => ({ environmentId: one.id, flagRow, row: e * 1000 + f + 1 })),
  );
  return fc
    .tuple(
      ...pairs.map(({ environmentId, flagRow, row }) =>
        fc.option(
          environmentFlag(
            row,
            environmentId,
            flagRow,
            segments.map((one) => one.key),
          ),
          { freq: 2, nil: null },
        ),
      ),
    )
    .map((rows) => rows.filter((row) => row !== null));
}

/** A list in which each item may be made from those before it. */
function chained<T>(max: number, next: (row: number, earlier: readonly T[]) => fc.Arbitrary<T>, min = 0): fc.Arbitrary<T[]> {
  const grow = (items: readonly T[], length: number): fc.Arbitrary<T[]> =>
    items.length >= length
      ? fc.constant([...items])
      : next(items.length + 1, items).chain((item) => grow([...items, item], length));
  return fc.integer({ min, max }).chain((length) => grow([], length));
}

/** A state in which any field of any row may hold any JSON: what a hand can do to a database whose guards are off. */
export function garbageState(): fc.Arbitrary<State> {
  return spoiling().map(({ spoilt }) => spoilt);
}

/** The same, and the state that it was before. */
export function spoiling(): fc.Arbitrary<{ sound: State; spoilt: State }> {
  return forestRows({ environments: 4, flags: 4, segments: 2 }).chain((rows) =>
    fc
      .record({
        flags: fc.tuple(...[...rows.flags].map((row) => spoiled(row, ['id', 'key', 'archivedAt']))),
        overrides: fc.tuple(...[...rows.overrides].map((row) => spoiled(row, ['environmentId', 'flagId']))),
        segments: fc.tuple(...[...rows.segments].map((row) => spoiled(row, ['key']))),
      })
      .map((spoilt) => ({ sound: buildState(rows), spoilt: buildState({ ...rows, ...spoilt }) })),
  );
}

function spoiled<T extends object>(row: T, kept: readonly (keyof T)[]): fc.Arbitrary<T> {
  const fields = Object.keys(row).filter((field) => !kept.includes(field as keyof T));
  const junk = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom([[]], [null], [{}], [{ id: 'x', conditions: [{}], serve: {} }], { length: 3 }, 'prepend'),
  );
  return fc
    .dictionary(fc.constantFrom(...fields), junk, { maxKeys: 3, noNullPrototype: true })
    .map((patch) => ({ ...row, ...patch }));
}
