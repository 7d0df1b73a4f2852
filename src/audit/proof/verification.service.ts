import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AnchorsService } from '../anchors/anchors.service.js';
import { type BrokenEntry, LISTED } from './broken-entry.js';
import { BEGINNING, type Link } from './chain.js';
import { hashesOf } from '../anchors/head.queries.js';
import { type Proof, prove } from './proof.js';

export interface Verification {
  valid: boolean;
  /** The first entry that was checked. */
  from: number;
  /** How many entries were checked. */
  entries: number;
  anchors: { count: number; newest: { entry: number; at: string } | null; others: number };
  broken: BrokenEntry[];
  warnings: string[];
  checkedBy: Proof['checkedBy'];
}

/** The proof of the audit log, with the anchors of this server; it can go on from where it was. */
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
    const { anchors, defects, others } = await this.anchors.read();
    let from = BEGINNING;
    const { chain, broken, warnings, checkedBy } = await prove(this.dataSource, { anchors, others }, async (ask) => {
      if (goOn) from = await this.whereItWas(ask);
      return from;
    });
    const all = [...broken, ...defects.map((detail): BrokenEntry => ({ id: null, reason: 'anchor', detail: `${detail}.` }))];
    if (chain.broken.length === 0) this.verified = chain.last;
    const newest = anchors.at(-1);
    return {
      valid: all.length === 0,
      from: from.id + 1,
      entries: chain.entries,
      anchors: {
        count: anchors.length,
        newest: newest ? { entry: newest.entry, at: newest.at } : null,
        others: others.length,
      },
      broken: all.slice(0, LISTED),
      warnings,
      checkedBy,
    };
  }

  private async whereItWas(ask: <T>(question: (manager: EntityManager) => Promise<T>) => Promise<T>): Promise<Link> {
    const { verified } = this;
    const hash = verified.id === 0 ? null : (await ask((manager) => hashesOf(manager, [verified.id]))).get(verified.id);
    return hash === verified.hash ? verified : BEGINNING;
  }
}
