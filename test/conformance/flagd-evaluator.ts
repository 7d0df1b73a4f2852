import {
  buildState,
  compileEnvironment,
  emptyState,
  type Environment,
  evaluate,
  type EvaluationContext,
  type Flag,
  type Segment,
  type Snapshot,
} from '@flagtree/engine';
import { importFlagd } from '@flagtree/engine/flagd';

export type FlagType = 'Boolean' | 'String' | 'Integer' | 'Float' | 'Object';

export interface Details {
  value: unknown;
  reason: string;
  errorCode?: string;
  metadata: object;
}

/** What an import gives a new flag of which the definitions say nothing. */
const UNSAID = { bucketing: 'flagd-v2', salt: null, onMissingKey: 'error', metadata: {} };

/**
 * flagd's definitions, imported as an import would and evaluated by the engine. Some of them are wrong on purpose, and an import would refuse
 * them: they are evaluated as if somebody had written them into the database. A value of another type than was asked for is refused, as every
 * OpenFeature provider does.
 */
export class FlagdEvaluator {
  private readonly snapshot: Snapshot;

  constructor(definitions: object) {
    const { states } = importFlagd(definitions, emptyState(), null);
    const stamps = { createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z', version: 1 };
    const production = {
      id: 'e',
      slug: 'production',
      aliases: [],
      name: 'Production',
      description: null,
      url: null,
      parentId: null,
      settings: {},
      isActive: true,
      expiresAt: null,
      ...stamps,
    };
    const environment: Environment = production;
    const state = buildState({
      revision: 1,
      environments: [environment],
      flags: states.flags.map((flag) => ({ id: flag['key'], ...UNSAID, ...flag, ...stamps }) as unknown as Flag),
      overrides: [],
      segments: states.segments.map((segment) => ({ id: segment['key'], ...segment, ...stamps }) as unknown as Segment),
    });
    this.snapshot = compileEnvironment(state, environment);
  }

  details(key: string, type: FlagType, fallback: unknown, context: object): Details {
    const evaluation = evaluate(this.snapshot, key, context as EvaluationContext, Date.now());
    if (!evaluation.ok) return { value: fallback, reason: 'ERROR', errorCode: evaluation.errorCode, metadata: {} };
    const { value, reason } = evaluation;
    if (value === undefined) return { value: fallback, reason, metadata: {} };
    const wanted = type === 'Integer' || type === 'Float' ? 'number' : type.toLowerCase();
    return typeof value === wanted
      ? { value, reason, metadata: {} }
      : { value: fallback, reason: 'ERROR', errorCode: 'TYPE_MISMATCH', metadata: {} };
  }
}
