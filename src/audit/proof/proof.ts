import type { DataSource, EntityManager } from 'typeorm';
import { databaseError } from '../../platform/database/database-error.js';
import { ownsTables } from '../../platform/database/roles.js';
import { withoutDetours } from '../../platform/database/without-detours.js';
import type { SignedAnchor } from '../anchors/anchor.js';
import type { KnownAnchors } from '../anchors/anchors.service.js';
import { hashesOf } from '../anchors/head.queries.js';
import { type BrokenEntry, LISTED } from './broken-entry.js';
import { BEGINNING, checkChain, type CheckedChain, type Link } from './chain.js';
import { guardDefects } from './guards.js';
import { auditedTables, BEFORE_ALL, lostRows, type StrayPage, strayRows } from './rows.queries.js';

type Ask = <T>(question: (manager: EntityManager) => Promise<T>) => Promise<T>;

/** Who worked a part of the proof out; `postgresql`: by functions that are its own, not by one of the database. Null: nobody could. */
export type Checker = 'server' | 'postgresql' | null;

export interface Proof {
  chain: CheckedChain;
  broken: BrokenEntry[];
  /** What could not be looked at, or makes the proof weaker. */
  warnings: string[];
  checkedBy: { entries: Checker; anchors: Checker; rows: Checker; guards: Checker };
}

/** Anchors to a question. */
const PART = 5_000;

/**
 * Holds the log, after `from`, against its own hashes, against anchors that were signed of it, and against the tables, whose guards it holds against the
 * migrations. What is checked has no part in the check: hashes are worked out here, and PostgreSQL is asked by its own functions alone.
 */
export async function prove(
  dataSource: DataSource,
  { anchors, others }: Pick<KnownAnchors, 'anchors' | 'others'>,
  from: (ask: Ask) => Promise<Link> = () => Promise.resolve(BEGINNING),
): Promise<Proof> {
  const ask: Ask = (question) => withoutDetours(dataSource, question);
  const chain = await checkChain(ask, await from(ask));
  const signed = [...(await unanchored(ask, anchors)), ...(await unwitnessed(ask, others))];
  const guards = await guarded(ask);
  return {
    chain,
    broken: [...chain.broken, ...signed, ...guards.broken, ...(await strays(ask))],
    warnings: guards.warnings,
    checkedBy: { entries: 'server', anchors: 'server', rows: 'postgresql', guards: guards.by },
  };
}

async function guarded(ask: Ask): Promise<{ broken: BrokenEntry[]; warnings: string[]; by: Checker }> {
  const warnings = (await ask((manager) => ownsTables(manager, null))) ? [OWNER] : [];
  try {
    const defects = await ask(guardDefects);
    return { broken: defects.map((detail) => ({ id: null, reason: 'guard', detail })), warnings, by: 'postgresql' };
  } catch (error) {
    if (!['42501', '25006'].includes(databaseError(error)?.code ?? '')) throw error;
    const detail = `The guards of the database could not be compared with the migrations, for which temporary functions are made: ${(error as Error).message}`;
    return { broken: [], warnings: [...warnings, detail], by: null };
  }
}

const OWNER =
  'The login of this server owns the tables, so whoever gets hold of it can switch their guards off: set FLAGTREE_MIGRATION_DATABASE_URL, and a DATABASE_URL that owns nothing.';

/** Of all rows: those that the log does not explain, and those that it misses. */
async function strays(ask: Ask): Promise<BrokenEntry[]> {
  const broken: BrokenEntry[] = [];
  const tables = await ask(auditedTables);
  const pages = [
    ...tables.map((table) => (manager: EntityManager, after: string) => strayRows(manager, table, after)),
    (manager: EntityManager, after: string) => lostRows(manager, tables, after),
  ];
  for (const page of pages) {
    for (let after: string | null = BEFORE_ALL; after !== null && broken.length < LISTED;) {
      const from: string = after;
      const { stray, next }: StrayPage = await ask((manager) => page(manager, from));
      broken.push(...stray.map(({ entry, detail }): BrokenEntry => ({ id: entry, reason: 'row', detail })));
      after = next;
    }
  }
  return broken;
}

/** What other servers have signed of this log. */
async function unwitnessed(ask: Ask, others: KnownAnchors['others']): Promise<BrokenEntry[]> {
  const broken = await unanchored(
    ask,
    others.map(({ anchor }) => anchor),
  );
  return broken.map((one) => ({ ...one, detail: `${one.detail} (by another server, whose anchor this one has seen)` }));
}

/** What a chain cannot show by itself: that it was cut off, or worked out anew, together with its ledger. */
async function unanchored(ask: Ask, anchors: readonly SignedAnchor[]): Promise<BrokenEntry[]> {
  const broken: BrokenEntry[] = [];
  for (let at = 0; at < anchors.length; at += PART) {
    const part = anchors.slice(at, at + PART);
    const hashes = await ask((manager) => hashesOf(manager, part.map(({ entry }) => entry))); // prettier-ignore
    for (const { entry: id, hash, at: signedAt } of part) {
      const found = hashes.get(id);
      if (found === hash) continue;
      const entry = `Entry ${String(id)}, the newest at ${signedAt},`;
      broken.push(
        found === undefined
          ? { id, reason: 'truncated', detail: `${entry} is gone: the log was cut off, or the database is another one` }
          : { id, reason: 'rewritten', detail: `${entry} is not the one that was signed: the log was rewritten up to there` },
      );
    }
  }
  return broken;
}
