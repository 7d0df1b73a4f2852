import type { EntityManager } from 'typeorm';
import type { LogPosition } from './log-position.js';

/** So many that a reader who comes back after a network failure finds its own without a question to the database. */
const KEPT = 4_096;
const PREFIX = 6;
const NONE = '0'.repeat(PREFIX);
const NAME = /^(\d{1,15})\.([0-9a-f]{6})$/;

/** A point of the history, as it is told to others: its revision alone does not say of which history. */
export interface PositionName {
  revision: number;
  /** How the hash of the last entry of that revision begins. */
  hash: string;
}

/** Of the point itself; null where the log does not say (its end was cut off). */
export function nameOf({ state, hash }: Pick<LogPosition, 'state' | 'hash'>): PositionName | null {
  return hash === null ? null : { revision: state.revision, hash: hash.slice(0, PREFIX) };
}

/** Whether it says of which history it is: not of a revision that this process has not been at. */
export const isKnown = ({ hash }: PositionName): boolean => hash !== NONE;

/** `25.b3e34f`; others need not know what is in it. */
export const textOf = ({ revision, hash }: PositionName): string => `${String(revision)}.${hash}`;

/** Null for what is no name of ours, a plain revision included: it does not say of which history it is. */
export function positionNamed(text: string): PositionName | null {
  const [, revision, hash] = NAME.exec(text) ?? [];
  return hash === undefined ? null : { revision: Number(revision), hash };
}

/** The names of the points of one history, as far as this process has been there or has asked the log. */
export class PositionNames {
  private readonly hashes = new Map<number, string>();
  /** An answer that was asked for in one of them says nothing of the next. */
  private histories = 0;

  remember({ state, hash }: Pick<LogPosition, 'state' | 'hash'>): void {
    this.keep(state.revision, hash);
  }

  /** The log is that of another history now. */
  forget(): void {
    this.histories++;
    this.hashes.clear();
  }

  /** A revision that is not known to be of this history gets a name that none has. */
  of(revision: number): PositionName {
    return { revision, hash: this.hashes.get(revision) ?? NONE };
  }

  /** Whether that point is one of this history. The log is asked where it is not known here. */
  async holds(manager: EntityManager, { revision, hash }: PositionName): Promise<boolean> {
    const known = this.hashes.get(revision);
    if (known !== undefined) return known === hash;
    const { histories } = this;
    const [entry] = await manager.query<{ hash: string }[]>(
      `SELECT encode(entry.hash, 'hex') AS hash FROM flagtree.audit_entries AS entry
        WHERE entry.revision = $1 ORDER BY entry.id DESC LIMIT 1`,
      [revision],
    );
    if (!entry || histories !== this.histories) return false;
    return this.keep(revision, entry.hash) === hash;
  }

  private keep(revision: number, hash: string | null): string {
    const prefix = (hash ?? NONE).slice(0, PREFIX);
    this.hashes.delete(revision);
    this.hashes.set(revision, prefix);
    for (const [oldest] of this.hashes) {
      if (this.hashes.size <= KEPT) break;
      this.hashes.delete(oldest);
    }
    return prefix;
  }
}
