import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../platform/config/config.js';
import { clientAddressOf } from '../platform/http/client-address.js';
import { TooMany } from '../platform/http/problems/problem.js';
import type { LeanRequest } from '../platform/http/request.js';

/** A page that is opened asks several times at once. */
const BURST_SECONDS = 3;

/** Whoever has more addresses than this gets some more requests, and no more of the memory. */
const MOST_READERS = 20_000;

interface Allowance {
  left: number;
  asOf: number;
}

/** How often pages may ask: anybody can read their token, so what an address may ask with it is bounded, and no other reader is held up. */
@Injectable()
export class PageLimit {
  /** By token and address, the one that asked longest ago first. */
  private readonly allowances = new Map<string, Allowance>();
  private readonly rate: number;

  constructor(@Inject(CONFIG) config: Pick<Config, 'browserRate'>) {
    this.rate = config.browserRate;
  }

  /** @throws {TooMany} */
  assertMayAsk(request: Pick<LeanRequest, 'raw' | 'caller'>, now: number): void {
    if (this.rate === 0) return;
    const waitMs = this.take(`${request.caller?.token.publicId ?? ''} ${clientAddressOf(request) ?? ''}`, now);
    if (waitMs === 0) return;
    throw new TooMany(
      'too-many-requests',
      'This address asks more often than pages may (FLAGTREE_BROWSER_RATE): ask again after Retry-After.',
      Math.ceil(waitMs / 1_000),
    );
  }

  /** Takes one request from what the reader has left; 0: there was one, else how long until there is. */
  take(reader: string, now: number): number {
    const most = this.rate * BURST_SECONDS;
    const { left, asOf } = this.allowances.get(reader) ?? { left: most, asOf: now };
    const allowed = Math.min(most, left + (Math.max(0, now - asOf) / 1_000) * this.rate);
    this.allowances.delete(reader);
    this.allowances.set(reader, { left: allowed < 1 ? allowed : allowed - 1, asOf: now });
    if (this.allowances.size > MOST_READERS) this.allowances.delete(this.allowances.keys().next().value as string);
    return allowed < 1 ? ((1 - allowed) / this.rate) * 1_000 : 0;
  }
}
