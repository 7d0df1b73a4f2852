import type { Counter } from '../reading/counters.js';

const HOUR_MS = 3_600_000;
const REMEMBERED = 10_000;

/** When each targeting key was told of, since one generation and in the one before it. */
interface Memory {
  generation: number;
  young: Map<string, number>;
  old: ReadonlyMap<string, number> | null;
}

/**
 * Whether an answer was told of within an hour, by flag, variant and targeting key. The counters of answers hold what is remembered of them, so that a
 * call looks up nothing but its key. After half of what may be remembered a generation begins, and the one before the last is forgotten.
 */
export class Dedupe {
  private generation = 0;
  private size = 0;

  isNew(counter: Counter, targetingKey: string, now: number): boolean {
    const memory = this.memoryOf(counter);
    const told = memory.young.get(targetingKey);
    if (told !== undefined && now - told < HOUR_MS) return false;
    const before = told === undefined ? memory.old?.get(targetingKey) : undefined;
    const isNew = before === undefined || now - before >= HOUR_MS;
    memory.young.set(targetingKey, isNew ? now : before);
    if (told === undefined && ++this.size >= REMEMBERED / 2) {
      this.size = 0;
      this.generation++;
    }
    return isNew;
  }

  private memoryOf(counter: Counter): Memory {
    const { generation } = this;
    const known = counter.memory as Memory | null;
    if (known === null) return (counter.memory = { generation, young: new Map<string, number>(), old: null });
    if (known.generation === generation) return known;
    known.old = known.generation === generation - 1 ? known.young : null;
    known.young = new Map<string, number>();
    known.generation = generation;
    return known;
  }
}
