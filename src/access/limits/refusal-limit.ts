import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { TooMany, Unauthorized } from '../../platform/http/problems/problem.js';
import type { LeanRequest } from '../../platform/http/request.js';
import { Allowances } from './allowances.js';
import { networkOf } from './network.js';

const MINUTE_MS = 60_000;

/** Whoever has more addresses than this gets some more guesses, and no more of the memory. */
const MOST_ADDRESSES = 10_000;

/**
 * How often an address may come with a credential that is none. Beyond that it hears 429 instead of what is wrong; a valid token of the same
 * address is never held up.
 */
@Injectable()
export class RefusalLimit {
  /** By address; null: nobody is limited. */
  private readonly allowances: Allowances | null;

  constructor(@Inject(CONFIG) { refusalLimit }: Pick<Config, 'refusalLimit'>) {
    this.allowances = refusalLimit === 0 ? null : new Allowances(refusalLimit, MINUTE_MS, MOST_ADDRESSES);
  }

  /** What `identifies` finds out; what it refuses counts. @throws {Unauthorized} or {TooMany} */
  watch<T>(request: Pick<LeanRequest, 'raw'>, identifies: () => T): T {
    try {
      return identifies();
    } catch (error) {
      if (!(error instanceof Unauthorized) || this.allowances === null) throw error;
      const waitMs = this.allowances.take(networkOf(request), Date.now());
      if (waitMs === 0) throw error;
      throw new TooMany(
        'too-many-refusals',
        `Too many requests of this address were refused for their token (FLAGTREE_REFUSAL_LIMIT). ${error.message}`,
        Math.ceil(waitMs / 1_000),
        error.token,
      );
    }
  }
}
