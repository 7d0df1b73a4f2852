import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { SignedAnchor } from './anchor.js';
import { AnchorsService } from './anchors.service.js';
import { brokenFrom, type CheckedLink, checkLinks, hashesOf, type Link, nextEntry } from './verification.queries.js';

export type BrokenReason = 'edited' | 'missing' | 'truncated' | 'ledger' | 'rewritten' | 'anchor';

export interface BrokenEntry {
  id: number | null;
  reason: BrokenReason;
  detail: string;
}

export interface Verification {
  valid: boolean;
  /** How many entries were checked. */
  entries: number;
  anchors: { count: number; newest: { entry: number; at: string } | null };
  broken: BrokenEntry[];
}

/** Entries to a statement: far within the time that a session may take for one. */
const PART = 5_000;
const LISTED = 100;

/** Holds the audit log against its own hashes, and against the anchors that were signed of it. */
@Injectable()
export class VerificationService {
  private running: Promise<Verification> | null = null;

  constructor(
    private readonly dataSource: DataSource,
    private readonly anchors: AnchorsService,
  ) {}

  /** Reads the whole log: whoever asks meanwhile gets the same answer. */
  verify(): Promise<Verification> {
    this.running ??= this.run().finally(() => (this.running = null));
    return this.running;
  }

  private async run(): Promise<Verification> {
    const { manager } = this.dataSource;
    const chain = await checkChain(manager);
    const { anchors, defects } = await this.anchors.read();
    const file = defects.map((detail): BrokenEntry => ({ id: null, reason: 'anchor', detail: `${detail}.` }));
    const broken = [...chain.broken, ...(await unanchored(manager, anchors)), ...file];
    const newest = anchors.at(-1);
    return {
      valid: broken.length === 0,
      entries: chain.entries,
      anchors: { count: anchors.length, newest: newest ? { entry: newest.entry, at: newest.at } : null },
      broken: broken.slice(0, LISTED),
    };
  }
}

/** Part by part up to the end as it is then; the rest, with the ledger, in one statement, since the log goes on growing. */
async function checkChain(manager: EntityManager): Promise<{ entries: number; broken: BrokenEntry[] }> {
  const broken: BrokenEntry[] = [];
  let last: Link = { id: 0, hash: '0'.repeat(64) };
  let entries = 0;
  while (broken.length < LISTED) {
    const links = await checkLinks(manager, last, PART);
    const end = links.at(-1);
    if (end) {
      broken.push(...links.flatMap((link) => brokenLink(link, last)));
      entries += end.read;
      last = end;
      continue;
    }
    const next = await nextEntry(manager, last.id + PART);
    if (next === null) break;
    broken.push(missing(last.id + 1, next - 1));
    last = { id: next - 1, hash: UNKNOWN };
  }
  if (broken.length >= LISTED) return { entries, broken };
  const tail = await brokenFrom(manager, last.id + 1);
  const found = tail.map(({ entry_id: id, reason, detail }) => ({
    id: id === null ? null : Number(id),
    reason: reason as BrokenReason,
    detail,
  }));
  return { entries, broken: [...broken, ...found] };
}

/** In place of the hash of an entry that is not there: what follows it cannot be checked. */
const UNKNOWN = '';

function brokenLink({ id, previousId, fits }: CheckedLink, from: Link): BrokenEntry[] {
  if (id > previousId + 1) return [missing(previousId + 1, id - 1)];
  if (fits || (previousId === from.id && from.hash === UNKNOWN)) return [];
  return [{ id, reason: 'edited', detail: `Entry ${String(id)}, or the hash of the one before it, is not what was written` }];
}

const missing = (first: number, last: number): BrokenEntry => ({
  id: first,
  reason: 'missing',
  detail: `Entries ${String(first)} to ${String(last)} are missing`,
});

/** What a chain cannot show by itself: that it was cut off, or worked out anew, together with its ledger. */
async function unanchored(manager: EntityManager, anchors: readonly SignedAnchor[]): Promise<BrokenEntry[]> {
  const broken: BrokenEntry[] = [];
  for (let at = 0; at < anchors.length; at += PART) {
    const part = anchors.slice(at, at + PART);
    const hashes = await hashesOf(manager, part.map(({ entry }) => entry)); // prettier-ignore
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
