import { priceOf, priceOfAll } from './budget.js';
import type { Price } from '../costs/price.js';
import type { CompiledFlag, Snapshot } from '../compile/snapshot.js';
import type { Evaluation } from '../types.js';

/** Flags of an environment, all of them or some, made ready to be evaluated at once: most answer the same to every context, the others are run. */
export interface Bulk {
  /** In the order of the keys; what a varying flag answers is still to be put in its place. */
  readonly answers: readonly Evaluation[];
  readonly varying: readonly VaryingFlag[];
  /** Of all that vary. */
  readonly price: Price;
}

export interface VaryingFlag {
  readonly index: number;
  readonly flag: CompiledFlag;
}

const bulks = new WeakMap<Snapshot['flags'], Bulk>();

/** Made when it is first asked for: many an environment never is. */
export function bulkOf(snapshot: Pick<Snapshot, 'flags' | 'whole'>): Bulk {
  let bulk = bulks.get(snapshot.flags);
  if (!bulk) bulks.set(snapshot.flags, (bulk = makeBulk(snapshot, snapshot.flags.values())));
  return bulk;
}

/** Of these flags of the snapshot; what is undefined is none, and answered by others. */
export function makeBulk(snapshot: Pick<Snapshot, 'flags' | 'whole'>, flags: Iterable<CompiledFlag | undefined>): Bulk {
  const answers: Evaluation[] = [];
  const varying: VaryingFlag[] = [];
  for (const flag of flags) {
    const constant = flag === undefined ? NONE : flag.program.constant;
    if (flag && constant === null) varying.push({ index: answers.length, flag });
    answers.push(constant ?? NONE);
  }
  return { answers, varying, price: priceOfAll(snapshot, varying.map(({ flag }) => flag)) }; // prettier-ignore
}

/** Until there is another. */
const NONE: Evaluation = Object.freeze({ ok: true, reason: 'DEFAULT' });

/** Those that cost least at most come first. */
export function cheapestFirst(snapshot: Snapshot, varying: readonly VaryingFlag[]): readonly VaryingFlag[] {
  return varying.toSorted((a, b) => priceOf(snapshot, a.flag).worst - priceOf(snapshot, b.flag).worst);
}
