import { randomBytes } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DatabaseClock } from '../../platform/database/database-clock.js';
import { Unauthorized } from '../../platform/http/problems/problem.js';
import type { Caller } from '../identity/caller.js';
import { TokenRegistry } from '../identity/token-registry.js';
import { sha256Of } from '../identity/token-text.js';

/** A person who has shown a token in the panel, and has a cookie instead of it from then on. */
export interface Session {
  id: string;
  /** Of the token that was shown. A rotated token has another one. */
  tokenPublicId: string;
  createdAt: string;
  seenAt: string;
  /** When it ends whatever happens. */
  expiresAt: string;
  userAgent: string | null;
}

/** It ends so long after its last use, … */
const IDLE = '12 hours';
/** … and so long after it began. */
const LONGEST = '7 days';
const LOOK_AFTER_MS = 2_000;
const WRITE_DOWN_MS = 60_000;

const COLUMNS = `id, token_public_id AS "tokenPublicId", created_at AS "createdAt", seen_at AS "seenAt", expires_at AS "expiresAt", user_agent AS "userAgent"`;
const IN_FORCE = `revoked_at IS NULL AND expires_at > clock_timestamp() AND seen_at > clock_timestamp() - interval '${IDLE}'`;

/**
 * The sessions of the panel. The database has them all and decides by its clock which of them are in force; in memory are those that were used
 * here, so that reading goes on while the database is away. One that was ended on another server is forgotten here two seconds later.
 */
@Injectable()
export class Sessions implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(Sessions.name);
  /** By the digest of their secret. */
  private readonly known = new Map<string, Session>();
  /** Those that were, for requests under way. */
  private readonly over = new WeakSet<Session>();
  private readonly used = new Set<string>();
  private timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly dataSource: DataSource,
    private readonly tokens: TokenRegistry,
    private readonly clock: DatabaseClock,
  ) {}

  onApplicationBootstrap(): void {
    const every = (ms: number, work: () => Promise<void>) => setInterval(() => void this.quietly(work), ms).unref();
    this.timers = [every(LOOK_AFTER_MS, () => this.lookAfter()), every(WRITE_DOWN_MS, () => this.writeDown())];
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.quietly(() => this.writeDown());
  }

  /** The secret is told this once. */
  async begin({ token }: Caller, userAgent: string | null): Promise<{ session: Session; secret: string }> {
    const secret = randomBytes(32).toString('base64url');
    const digest = sha256Of(secret);
    const rows = await this.dataSource.query<Row[]>(
      `INSERT INTO flagtree.sessions (secret_sha256, token_id, token_public_id, user_agent, expires_at)
       VALUES (decode($1, 'hex'), $2, $3, $4, clock_timestamp() + interval '${LONGEST}') RETURNING ${COLUMNS}`,
      [digest, token.id, token.publicId, userAgent?.slice(0, 300) ?? null],
    );
    const session = sessionOf(rows[0] as Row);
    this.known.set(digest, session);
    return { session, secret };
  }

  /** Whose session it is. @throws {Unauthorized} An error of the database where only that could tell, and it is away. */
  async authenticate(secret: string): Promise<{ session: Session; caller: Caller }> {
    const digest = sha256Of(secret);
    const session = this.known.get(digest) ?? (await this.find(digest));
    if (session === null) throw ended();
    return { session, caller: this.holderOf(session) };
  }

  /** The same of one that was in force a moment ago. @throws {Unauthorized} */
  holderOf(session: Session): Caller {
    const holder = this.isInForce(session) ? this.tokens.use(session.tokenPublicId, this.clock.now()) : null;
    if (holder === null) throw ended();
    this.used.add(session.id);
    return holder;
  }

  /** Whether nothing has been heard of its end. */
  isInForce(session: Session): boolean {
    return !this.over.has(session) && Date.parse(session.expiresAt) > this.clock.now().getTime();
  }

  /** Those in force of one token, the newest first. */
  async ofToken(publicId: string): Promise<Session[]> {
    const rows = await this.dataSource.query<Row[]>(
      `SELECT ${COLUMNS} FROM flagtree.sessions WHERE token_public_id = $1 AND ${IN_FORCE} ORDER BY created_at DESC LIMIT 200`,
      [publicId],
    );
    return rows.map(sessionOf);
  }

  /** Ends one of this token. False: there is none that is in force. */
  async end(id: string, publicId: string): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      `WITH ended AS (
         UPDATE flagtree.sessions SET revoked_at = clock_timestamp() WHERE id = $1 AND token_public_id = $2 AND ${IN_FORCE} RETURNING id)
       SELECT id FROM ended`,
      [id, publicId],
    );
    for (const [digest, session] of this.known) if (session.id === id) this.forget(digest, session);
    return rows.length > 0;
  }

  private async find(digest: string): Promise<Session | null> {
    const rows = await this.dataSource.query<Row[]>(
      `SELECT ${COLUMNS} FROM flagtree.sessions WHERE secret_sha256 = decode($1, 'hex') AND ${IN_FORCE}`,
      [digest],
    );
    const [row] = rows;
    if (!row) return null;
    const session = this.known.get(digest) ?? sessionOf(row);
    this.known.set(digest, session);
    return session;
  }

  private forget(digest: string, session: Session): void {
    this.known.delete(digest);
    this.over.add(session);
  }

  /** Forgets what is no longer in force. */
  private async lookAfter(): Promise<void> {
    if (this.known.size === 0 || !this.dataSource.isInitialized) return;
    const ids = [...this.known.values()].map(({ id }) => id);
    if (this.used.size > 0) await this.writeDown();
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT id FROM flagtree.sessions WHERE id = ANY ($1::uuid[]) AND ${IN_FORCE}`,
      [ids],
    );
    const inForce = new Set(rows.map(({ id }) => id));
    for (const [digest, session] of this.known)
      if (!inForce.has(session.id) && ids.includes(session.id)) this.forget(digest, session);
  }

  private async writeDown(): Promise<void> {
    if (!this.dataSource.isInitialized) return;
    const ids = [...this.used];
    this.used.clear();
    if (ids.length > 0)
      await this.dataSource.query(
        `UPDATE flagtree.sessions SET seen_at = clock_timestamp() WHERE id = ANY ($1::uuid[]) AND seen_at < clock_timestamp() - interval '1 minute'`,
        [ids],
      );
    await this.dataSource.query(`DELETE FROM flagtree.sessions WHERE expires_at < clock_timestamp() - interval '1 day'`);
  }

  /** Nobody waits for it, and it is done again. */
  private async quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.debug(`Sessions could not be looked after: ${(error as Error).message}`);
    }
  }
}

const ended = () =>
  new Unauthorized('session-ended', 'Your session has ended, or its token is no longer in force: sign in again.');

interface Row extends Omit<Session, 'createdAt' | 'seenAt' | 'expiresAt'> {
  createdAt: Date;
  seenAt: Date;
  expiresAt: Date;
}

const sessionOf = (row: Row): Session => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  seenAt: row.seenAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
});
