import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { SignedAnchor } from '../anchors/anchor.js';
import { AnchorsService, type KnownAnchors } from '../anchors/anchors.service.js';
import { databaseError } from '../../platform/database/database-error.js';
import { ownsTables } from '../../platform/database/roles.js';
import { type BrokenEntry, LISTED } from './broken-entry.js';
import { BEGINNING, checkChain, type Link } from './chain.js';
import { hashesOf } from '../anchors/head.queries.js';
import { guardDefects } from './guards.js';
import { auditedTables, BEFORE_ALL, lostRows, type StrayPage, strayRows } from './rows.queries.js';
import { withoutDetours } from '../../platform/database/without-detours.js';

export interface Verification {
  valid: boolean;
  /** The first entry that was checked. */
  from: number;
  /** How many entries were checked. */
  entries: number;
  anchors: { count: number; newest: { entry: number; at: string } | null; others: number };
  broken: BrokenEntry[];
  /** What could not be looked at, or makes the proof weaker. */
  warnings: string[];
}

type Ask = <T>(question: (manager: EntityManager) => Promise<T>) => Promise<T>;

/** Anchors to a question. */
const PART = 5_000;

/**
 * Holds the audit log against its own hashes, against the anchors that were signed of it, and against the tables, whose guards it holds against the
 * migrations. What is checked has no part in the check: hashes are worked out here.
 */
@Injectable()
export class VerificationService {
  private readonly running = new Map<boolean, Promise<Verification>>();
  /** Up to where the whole log was found to be well. */
  private verified: Link = BEGINNING;

  constructor(
    private readonly dataSource: DataSource,
    private readonly anchors: AnchorsService,
  ) {}

  /** Reads the whole log, or (`goOn`) what came after the last time that all was well. Whoever asks meanwhile gets the same answer. */
  verify(goOn: boolean): Promise<Verification> {
    const running = this.running.get(goOn) ?? this.run(goOn).finally(() => this.running.delete(goOn));
    this.running.set(goOn, running);
    return running;
  }

  private async run(goOn: boolean): Promise<Verification> {
    const ask: Ask = (question) => withoutDetours(this.dataSource, question);
    const from = goOn ? await this.whereItWas(ask) : BEGINNING;
    const chain = await checkChain(ask, from);
    const { anchors, defects, others } = await this.anchors.read();
    const guards = await guarded(ask);
    const broken = [
      ...chain.broken,
      ...(await unanchored(ask, anchors)),
      ...(await unwitnessed(ask, others)),
      ...defects.map((detail): BrokenEntry => ({ id: null, reason: 'anchor', detail: `${detail}.` })),
      ...guards.broken,
      ...(await strays(ask)),
    ];
    if (chain.broken.length === 0) this.verified = chain.last;
    const newest = anchors.at(-1);
    return {
      valid: broken.length === 0,
      from: from.id + 1,
      entries: chain.entries,
      anchors: {
        count: anchors.length,
        newest: newest ? { entry: newest.entry, at: newest.at } : null,
        others: others.length,
      },
      broken: broken.slice(0, LISTED),
      warnings: guards.warnings,
    };
  }

  private async whereItWas(ask: Ask): Promise<Link> {
    const { verified } = this;
    const hash = verified.id === 0 ? null : (await ask((manager) => hashesOf(manager, [verified.id]))).get(verified.id);
    return hash === verified.hash ? verified : BEGINNING;
  }
}

async function guarded(ask: Ask): Promise<{ broken: BrokenEntry[]; warnings: string[] }> {
  const warnings = (await ask((manager) => ownsTables(manager, null))) ? [OWNER] : [];
  try {
    const defects = await ask(guardDefects);
    return { broken: defects.map((detail) => ({ id: null, reason: 'guard', detail })), warnings };
  } catch (error) {
    if (!['42501', '25006'].includes(databaseError(error)?.code ?? '')) throw error;
    const detail = `The guards of the database could not be compared with the migrations, for which temporary functions are made: ${(error as Error).message}`;
    return { broken: [], warnings: [...warnings, detail] };
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
