import { compileFlag } from '../../compile/compile-flag.js';
import { deepEqual } from '../../json/equal.js';
import { inheritanceChain } from '../../resolve/resolve.js';
import { environmentBySlug } from '../../state/chain.js';
import type { State } from '../../state/state.js';
import type { Environment, Flag, Segment } from '../../types.js';
import { type FlagdFlag, Inexpressible } from '../flagd-document.js';
import { Evaluators } from '../write/evaluators.js';
import { flagForFlagd } from '../write/export-flagd.js';
import type { FlagdDefinition, FlagdDefinitions } from './check-flagd.js';

/** Tells definitions that an export of this state would give from those that say something new. */
export class WhatIsThere {
  /** With the segments that the definitions bring. */
  private readonly state: State;
  private readonly evaluators: Evaluators;
  /** Keys of evaluators that say something new. */
  readonly newSegments: ReadonlySet<string>;

  constructor(state: State, { evaluators }: Pick<FlagdDefinitions, 'evaluators'>) {
    const { segments, changed } = withEvaluators(state.segments, evaluators);
    this.state = { ...state, segments };
    this.newSegments = changed;
    this.evaluators = new Evaluators(segments);
  }

  /** Whether this is what `flag` is without overrides (`slug` null), or in an environment. */
  isServed(definition: FlagdDefinition, flag: Flag, slug: string | null): boolean {
    if (flag.archivedAt !== null) return false;
    const environment = slug === null ? null : environmentBySlug(this.state, slug);
    if (environment === undefined) return false;
    return sameDefinition(definition, this.written(flag, environment));
  }

  private written(flag: Flag, environment: Environment | null): FlagdFlag | undefined {
    const compiled = environment
      ? compileFlag(this.state, inheritanceChain(this.state, environment), flag, undefined)
      : compileFlag({ ...this.state, overrides: new Map() }, [], flag, undefined);
    return expressible(() => flagForFlagd(compiled, this.evaluators));
  }
}

function sameDefinition(definition: FlagdDefinition, served: FlagdFlag | undefined): boolean {
  if (!served) return false;
  const { state, variants, defaultVariant = null, targeting = {} } = served;
  return (
    definition.enabled === (state === 'ENABLED') &&
    deepEqual(definition.variants, variants) &&
    definition.defaultVariant === defaultVariant &&
    deepEqual(definition.targeting, targeting)
  );
}

/** A segment is another one as well when one that it names is, since an export writes each out in itself: asked until no more are. */
function withEvaluators(
  before: State['segments'],
  evaluators: FlagdDefinitions['evaluators'],
): { segments: State['segments']; changed: Set<string> } {
  const changed = new Set(Object.keys(evaluators).filter((key) => !before.has(key)));
  for (;;) {
    const segments = new Map(before);
    for (const key of changed) segments.set(key, segmentOf(key, before.get(key), evaluators[key] as never));
    const written = new Evaluators(segments);
    const others = Object.keys(evaluators).filter(
      (key) =>
        !changed.has(key) &&
        !deepEqual(
          expressible(() => written.of(key)),
          evaluators[key],
        ),
    );
    if (others.length === 0) return { segments, changed };
    for (const key of others) changed.add(key);
  }
}

/** What an evaluator makes of a segment. */
export function segmentOf(
  key: string,
  existing: Segment | undefined,
  jsonLogic: FlagdDefinitions['evaluators'][string],
): Segment {
  const {
    id = '',
    createdAt = '',
    updatedAt = '',
    version = 1,
    name = key,
    description = null,
  }: Partial<Segment> = existing ?? {};
  return { id, createdAt, updatedAt, version, key, name, description, conditions: [{ jsonLogic }] };
}

function expressible<T>(write: () => T): T | undefined {
  try {
    return write();
  } catch (error) {
    if (error instanceof Inexpressible) return undefined;
    throw error;
  }
}
