import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { TooMany } from '../../platform/http/problems/problem.js';
import type { LeanRequest } from '../../platform/http/request.js';
import { Allowances } from './allowances.js';
import { networkOf } from './network.js';

/** A page that is opened asks several times at once. */
const BURST_SECONDS = 3;

/** Whoever has more addresses than this gets some more requests, and no more of the memory. */
const MOST_READERS = 20_000;

/** How often pages may ask: anybody can read their token, so what an address may ask with it is bounded, and no other reader is held up. */
@Injectable()
export class PageLimit {
  /** By token and address; null: nobody is limited. */
  private readonly allowances: Allowances | null;

  constructor(@Inject(CONFIG) { browserRate }: Pick<Config, 'browserRate'>) {
    this.allowances = browserRate === 0 ? null : new Allowances(browserRate * BURST_SECONDS, BURST_SECONDS * 1_000, MOST_READERS);
  }

  /** @throws {TooMany} */
  assertMayAsk(request: Pick<LeanRequest, 'raw' | 'caller'>, now: number): void {
    if (this.allowances === null) return;
    const waitMs = this.allowances.take(`${request.caller?.token.publicId ?? ''} ${networkOf(request)}`, now);
    if (waitMs === 0) return;
    throw new TooMany(
      'too-many-requests',
      'This address asks more often than pages may (FLAGTREE_BROWSER_RATE): ask again after Retry-After.',
      Math.ceil(waitMs / 1_000),
    );
  }
}
