import type { CompiledFlag, Snapshot } from '../compile/snapshot.js';
import type { Evaluation } from '../types.js';

/** All flags of an environment, made ready to be evaluated at once: most answer the same to every context, the others are run. */
export interface Bulk {
  /** In the order of the keys; what a varying flag answers is still to be put in its place. */
  readonly answers: readonly Evaluation[];
  readonly varying: readonly VaryingFlag[];
}

export interface VaryingFlag {
  readonly index: number;
  readonly flag: CompiledFlag;
}

const bulks = new WeakMap<Snapshot['flags'], Bulk>();

/** Made when it is first asked for: many an environment never is. */
export function bulkOf(flags: Snapshot['flags']): Bulk {
  let bulk = bulks.get(flags);
  if (!bulk) bulks.set(flags, (bulk = makeBulk(flags)));
  return bulk;
}

function makeBulk(flags: Snapshot['flags']): Bulk {
  const answers: Evaluation[] = [];
  const varying: VaryingFlag[] = [];
  for (const flag of flags.values()) {
    const { constant, off } = flag.program;
    if (constant === null) varying.push({ index: answers.length, flag });
    answers.push(constant ?? off);
  }
  return { answers, varying };
}
