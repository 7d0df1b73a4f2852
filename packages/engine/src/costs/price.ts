import { CONTEXT_LIMITS } from '../validate/context.js';

/** What of a context makes an evaluation long: the values in it, at any depth, and the characters of its texts. */
export interface ContextSize {
  readonly values: number;
  readonly characters: number;
}

/** The largest that a server takes. */
export const LARGEST_CONTEXT: ContextSize = {
  values: CONTEXT_LIMITS.values,
  characters: CONTEXT_LIMITS.values * CONTEXT_LIMITS.stringLength,
};

/** What something costs at most, in points: for each context no more than a straight line says, and never more than `worst`. */
export class Price {
  static readonly NOTHING = new Price(0, 0, 0);

  constructor(
    private readonly base: number,
    private readonly perValue: number,
    private readonly perCharacter: number,
    readonly worst = base + perValue * LARGEST_CONTEXT.values + perCharacter * LARGEST_CONTEXT.characters,
  ) {}

  static fixed(points: number): Price {
    return new Price(points, 0, 0);
  }

  of({ values, characters }: ContextSize): number {
    return Math.min(this.base + this.perValue * values + this.perCharacter * characters, this.worst);
  }

  plus({ base, perValue, perCharacter, worst }: Price): Price {
    return new Price(this.base + base, this.perValue + perValue, this.perCharacter + perCharacter, this.worst + worst);
  }

  atMost(points: number): Price {
    return new Price(this.base, this.perValue, this.perCharacter, Math.min(this.worst, points));
  }

  /** Of the same done with each of the values, which have what the context holds among them. */
  forEachValue(): Price {
    return new Price(0, this.base + this.perValue, this.perCharacter);
  }
}

export function sumOf(prices: Iterable<Price>): Price {
  let sum = Price.NOTHING;
  for (const price of prices) sum = sum.plus(price);
  return sum;
}
