import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type EffectEntry, slicedEffect, type State, touchedFlags } from '@flagtree/engine';
import { isRetryable } from '../../platform/database/database-error.js';
import { type Answer, Written } from '../../platform/http/management/answer.js';
import { runInSlices } from '../../platform/run-in-slices.js';
import { assertMayChange, type MadeChange } from './may-change.js';
import { Change } from './change.js';
import { openChange } from './change.queries.js';
import { storeAnswer, storedAnswer } from './idempotency.queries.js';
import { assertNoNewDefects } from './new-defects.js';
import { StateStore } from '../follow/state-store.js';
import { asEntries, foreseenState, type PlannedEntry } from './write-entries.js';
import type { WriteRequest } from './write-request.js';

const ATTEMPTS = 3;

/** What a change does: write, then say what the caller gets to see of the state that came of it. */
export interface Edit {
  apply: (change: Change) => Promise<void>;
  answer: (change: Change) => Answer;
}

/** Carries the outcome of a dry run out of the transaction that it rolls back. */
class DryRun extends Error {
  constructor(readonly written: Written) {
    super('dry run');
  }
}

/** The one door for writes: rows, audit entries, revision and notification commit together or not at all. */
@Injectable()
export class ChangesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: StateStore,
  ) {}

  /**
   * Runs the edit as one change: at most one revision, refused if it introduces a defect in any environment or touches one that the
   * caller may not write. Retries what the database asks to retry; a dry run does everything but commit.
   */
  async change(write: WriteRequest, edit: Edit): Promise<Written> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(write, edit);
      } catch (error) {
        if (error instanceof DryRun) return error.written;
        if (!isRetryable(error) || attempt === ATTEMPTS) throw error;
        await sleep(Math.random() * 25 * attempt);
      }
    }
  }

  /** The answer that this request got before, for who plans outside of its change: what was planned then may not be possible any more. */
  async replayed(write: WriteRequest): Promise<Written | null> {
    if (write.idempotency === null || write.dryRun) return null;
    const answer = await storedAnswer(this.dataSource.manager, write.caller.tokenId, write.idempotency);
    return answer && new Written(answer, this.store.state.revision, [], 'replayed');
  }

  private async attempt(write: WriteRequest, edit: Edit): Promise<Written> {
    let entries: Change['entries'] = [];
    const written = await this.dataSource.transaction('READ COMMITTED', async (manager) => {
      const head = await openChange(manager, write);
      const replayed =
        write.idempotency && !write.dryRun ? await storedAnswer(manager, write.caller.tokenId, write.idempotency) : null;
      if (replayed) return new Written(replayed, head, [], 'replayed');
      const { state, lastEntry } = await this.store.atHead(manager);
      const change = new Change(manager, write, state, lastEntry);
      await edit.apply(change);
      await change.sync();
      const touched = await this.assertAllowed(change);
      const answer = edit.answer(change);
      if (write.dryRun) throw new DryRun(new Written(answer, head, touched, 'dry-run'));
      if (write.idempotency) await storeAnswer(manager, write.caller.tokenId, write.idempotency, answer);
      entries = change.entries;
      return new Written(answer, change.state.revision, touched, entries.length > 0 ? 'committed' : 'unchanged');
    });
    await this.store.install([...entries]);
    return written;
  }

  /**
   * What planned entries would change, with every check of the write door, decided from `before` alone: nothing is locked, nobody waits.
   * For previews, and for finding out what is wrong with a large change before it is begun.
   */
  async foresee(
    { caller }: WriteRequest,
    before: State,
    planned: readonly PlannedEntry[],
  ): Promise<{ state: State; effect: EffectEntry[] }> {
    const state = foreseenState(before, planned);
    return { state, effect: await this.assertAllowed({ caller, before, state, entries: asEntries(before, planned) }) };
  }

  private async assertAllowed(change: MadeChange): Promise<EffectEntry[]> {
    const { before, state, entries } = change;
    const touched = await runInSlices(slicedEffect(before, state, touchedFlags(before, state)));
    assertMayChange(change, touched);
    await runInSlices(assertNoNewDefects(before, state, entries));
    return touched;
  }
}
