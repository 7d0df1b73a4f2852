import { type Defects, MAX_TEXT_LENGTH } from './defects.js';
import { clip, isStorable, pointerTo, whyInexact } from '../json/values.js';

/** Members and elements of one value, all levels counted. */
export const MAX_VALUE_NODES = 10_000;

export interface ValueLimits {
  /** How many lists and objects may stand in one another. */
  depth: number;
  /** What messages call the value. */
  what: string;
}

/** Refuses JSON that would not come back from the database or a client as it was sent. */
export class ValueCheck {
  private nodes = 0;

  constructor(
    private readonly defects: Defects,
    private readonly limits: ValueLimits,
  ) {}

  /** `depth` is the level of the value: 1 for a whole one. */
  value(value: unknown, at: string, depth = 1): void {
    const { what } = this.limits;
    if (++this.nodes > MAX_VALUE_NODES) {
      this.defects.add(at, 'too-many', `${what} has at most ${MAX_VALUE_NODES} members and elements`);
    } else if (typeof value === 'string') {
      this.defects.text(value, at, `text in ${what}`, { max: 16 * MAX_TEXT_LENGTH });
    } else if (typeof value === 'number') this.number(value, at);
    else if (typeof value === 'object' && value !== null) this.container(value, at, depth);
    else if (typeof value !== 'boolean' && value !== null)
      this.defects.add(at, 'wrong-type', `${what} is JSON, not ${typeof value}`);
  }

  private number(value: number, at: string): void {
    if (!Number.isFinite(value)) this.defects.add(at, 'wrong-type', `${value} is no JSON number`);
    else {
      const why = whyInexact(value);
      if (why !== undefined) this.defects.add(at, 'unsafe-integer', `${why}: send it as text`);
    }
  }

  private container(value: object, at: string, depth: number): void {
    const { what } = this.limits;
    if (depth > this.limits.depth) {
      this.defects.add(at, 'too-deep', `${what} nests at most ${this.limits.depth} deep`);
    } else if (Array.isArray(value)) {
      // not a step beyond the limit, and no list of the indices: a list may have millions of elements
      for (let i = 0; i < value.length && this.nodes <= MAX_VALUE_NODES; i++) this.value(value[i], pointerTo(at, i), depth + 1);
    } else {
      for (const [key, member] of Object.entries(value)) {
        if (this.nodes > MAX_VALUE_NODES) return;
        if (key === '__proto__' || !isStorable(key) || key.length > MAX_TEXT_LENGTH) {
          this.defects.add(at, 'unsafe-key', `${what} cannot have a member named "${clip(key)}"`);
        } else this.value(member, pointerTo(at, key), depth + 1);
      }
    }
  }
}
