import { createHmac, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../platform/config/config.js';
import { Unauthorized } from '../platform/http/problems/problem.js';
import type { Caller } from './identity/caller.js';
import { TokenRegistry } from './identity/token-registry.js';

/** What a ticket lets its holder do: hear that the flags of one environment changed. Nothing else, and no values. */
export interface Ticket {
  caller: Caller;
  environment: string;
}

/**
 * Tickets for the event streams of browsers, which cannot send headers: a URL may end up in logs, so it never holds a token. A ticket is
 * signed with the digest of its token's secret and the id of its row, which every server knows and no URL holds: any of them accepts it, nobody can
 * try out secrets with it, and it ends when the token is revoked, rotated or expires. Within half a lifetime the same caller gets the same ticket, so that providers keep their connection.
 */
@Injectable()
export class StreamTickets {
  private readonly halfLifeMs: number;

  constructor(
    private readonly tokens: TokenRegistry,
    @Inject(CONFIG) config: Config,
  ) {
    this.halfLifeMs = config.streams.ticketLifetimeMs / 2;
  }

  /** Tickets that are issued in the same window are the same. */
  windowAt(now: number): number {
    return Math.floor(now / this.halfLifeMs);
  }

  /** Null when the token is no longer in force. */
  issue({ token: { publicId } }: Caller, environment: string, now: number): string | null {
    const holder = this.tokens.inForce(publicId, new Date(now));
    if (!holder) return null;
    const expiry = Math.ceil((this.windowAt(now) + 2) * this.halfLifeMs);
    const subject = `${publicId}.${environment}.${expiry.toString(36)}`;
    return `${subject}.${signature(holder, subject).toString('base64url')}`;
  }

  /** @throws {Unauthorized} */
  redeem(text: string, now: number): Ticket {
    const [, subject, publicId, environment, expiry, signed] =
      /^(([^.]+)\.([a-z0-9_-]+)\.([0-9a-z]{1,10}))\.([\w-]{43})$/.exec(text) ?? [];
    if (
      subject === undefined ||
      publicId === undefined ||
      environment === undefined ||
      expiry === undefined ||
      signed === undefined
    ) {
      throw new Unauthorized('ticket-malformed', 'This is no stream ticket: open the event stream that a bulk answer names.');
    }
    const holder = this.tokens.inForce(publicId, new Date(now));
    if (!holder || !timingSafeEqual(signature(holder, subject), Buffer.from(signed, 'base64url'))) {
      throw new Unauthorized(
        'ticket-unknown',
        'This stream ticket is not in force, or its token was revoked or rotated: evaluate again for a new one.',
      );
    }
    if (parseInt(expiry, 36) <= now) {
      throw new Unauthorized('ticket-expired', 'This stream ticket has expired: evaluate again for a new one.');
    }
    return { caller: holder.caller, environment };
  }
}

function signature({ caller, digest }: { caller: Caller; digest: string }, subject: string): Buffer {
  const key = createHmac('sha256', Buffer.from(digest, 'hex')).update(caller.tokenId).digest();
  return createHmac('sha256', key).update(`flagtree event stream\n${subject}`).digest();
}
