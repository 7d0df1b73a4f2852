import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import {
  type EffectEntry,
  type FlagCost,
  type SizeChange,
  type SizeLimits,
  slicedCosts,
  slicedEffect,
  slicedSizeChanges,
  type State,
  touchedFlags,
} from '@flagtree/engine';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { DatabaseClock } from '../../platform/database/database-clock.js';
import { isRetryable } from '../../platform/database/database-error.js';
import { takenBack } from '../../platform/database/taken-back.js';
import { knownTransaction } from '../../platform/database/outcome/known-transaction.js';
import { type Answer, Written } from '../../platform/http/management/answer.js';
import { runInSlices } from '../../platform/run-in-slices.js';
import { type Besides, Change } from '../change/change.js';
import { holdsEntry, openChange, openRehearsal } from './change.queries.js';
import { currentCaller } from './current-caller.js';
import { storeAnswer, storedAnswer } from './idempotency.queries.js';
import type { LogPosition } from '../follow/log-position.js';
import { StateStore } from '../follow/state-store.js';
import { TokenRegistry } from '../../access/identity/token-registry.js';
import { assertFits, nearestLimits, type ToldSize } from '../questions/fits.js';
import type { MadeChange } from '../questions/made-change.js';
import { mayChange } from '../questions/may-change.js';
import { appearing } from '../questions/may-govern.js';
import { assertBreaksNothing, introducedBy } from '../questions/new-defects.js';
import { NO_PAST, pastEnvironments } from '../questions/past-environments.queries.js';
import { reachChanged, toldReach } from '../questions/token-reach.js';
import { clearBroken } from '../consequences/clear-broken.js';
import { keepOthers } from '../consequences/keep-others.js';
import { splitWarnings } from '../consequences/split-warnings.js';
import { asEntries, type PlannedEntry, slicedForesight } from '../change/write-entries.js';
import type { WriteRequest } from '../change/write-request.js';
import { WriteHealth } from './write-health.js';

const ATTEMPTS = 3;

/** What a change does: write, then say what the caller gets to see of the state that came of it. */
export interface Edit {
  apply: (change: Change) => Promise<void>;
  answer: (change: Change) => Answer;
  /** Last in the transaction, when nothing refuses the change any more: writes down elsewhere what was answered. Not for a dry run. */
  record?: (change: Change, answer: Answer) => Promise<void>;
}

/** What one attempt came to; without a change where the request was answered before. */
interface Attempted {
  written: Written;
  change: Change | null;
}

/** The one door for writes: rows, audit entries, revision and notification commit together or not at all. */
@Injectable()
export class ChangesService {
  private readonly limits: SizeLimits;

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: StateStore,
    private readonly tokens: TokenRegistry,
    private readonly health: WriteHealth,
    private readonly clock: DatabaseClock,
    @Inject(CONFIG) { sizes }: Pick<Config, 'sizes'>,
  ) {
    this.limits = sizes;
  }

  /**
   * Runs the edit as one change: at most one revision, refused if it introduces a defect in any environment or touches one that the
   * caller may not write. Retries what the database asks to retry. A dry run says what would become of it. An error means that nothing was changed,
   * but for the one that says so itself (`outcome-unknown`).
   */
  async change(write: WriteRequest, edit: Edit): Promise<Written> {
    for (let attempt = 1; ; attempt++) {
      try {
        if (write.dryRun) return await this.rehearse(write, edit);
        const written = await this.attempt(write, edit);
        this.health.worked();
        return written;
      } catch (error) {
        if (!isRetryable(error) || attempt === ATTEMPTS) throw write.dryRun ? error : this.health.failed(error);
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
    const { written, change } = await knownTransaction<Attempted>(this.dataSource, async (manager) => {
      const { head, now } = await this.health.waiting(openChange(manager, write));
      const replayed = write.idempotency && (await storedAnswer(manager, write.caller.tokenId, write.idempotency));
      if (replayed) {
        const written = new Written(replayed, head, [], 'replayed');
        return { result: { written, change: null }, isThere: (asked) => holdsEntry(asked, undefined) };
      }
      const change = await this.made(manager, write, edit, { now });
      const touched = await this.assertMay(change, manager);
      await this.assertFits(change);
      await this.assertBreaksNothing(change);
      const answer = this.answer(change, edit);
      if (write.idempotency) await storeAnswer(manager, write.caller.tokenId, write.idempotency, answer);
      await edit.record?.(change, answer);
      const outcome = change.entries.length > 0 ? 'committed' : 'unchanged';
      const written = new Written(answer, change.state.revision, touched, outcome);
      return { result: { written, change }, isThere: (asked) => holdsEntry(asked, change.entries.at(-1)) };
    });
    if (change) await this.store.install(change.entries, { from: change.before, to: change.state });
    return written;
  }

  /**
   * Everything but the commit. It is taken back as soon as it is written, and looked at afterwards: nobody waits for it but who writes one of its
   * rows in these milliseconds, and it waits for nobody but them, whoever holds the ledger.
   */
  private async rehearse(write: WriteRequest, edit: Edit): Promise<Written> {
    const { position } = this.store;
    const change = await takenBack(this.dataSource, async (manager) => {
      const now = await openRehearsal(manager, write);
      return this.made(manager, write, edit, { now, from: position });
    });
    const touched = await this.assertMay(change, this.dataSource.manager);
    const sizes = await this.assertFits(change);
    await this.assertBreaksNothing(change);
    const answer = withBesides(this.answer(change, edit), await this.foreseen(change, touched, sizes));
    return new Written(answer, change.before.revision, touched, 'dry-run');
  }

  /** Written, with what the door itself adds, and not yet asked whether it may be. */
  private async made(
    manager: EntityManager,
    write: WriteRequest,
    edit: Edit,
    { now, from }: { now: Date; from?: LogPosition },
  ): Promise<Change> {
    const caller = await currentCaller(manager, write.caller, now);
    const { state, lastEntry } = await this.store.atHead(manager, from);
    const change = new Change(manager, { ...write, caller }, state, lastEntry, now);
    await edit.apply(change);
    await change.sync();
    change.besides.warnings.push(...splitWarnings(change.entries, change.state));
    await keepOthers(change);
    await clearBroken(change);
    return change;
  }

  private answer(change: Change, edit: Edit): Answer {
    return withTokens(withBesides(edit.answer(change), change.besides), change, this.tokens);
  }

  /**
   * What planned entries would change, with every check of the write door, decided from `before` alone: nothing is locked, nobody waits.
   * For previews, and for finding out what is wrong with a large change before it is begun.
   */
  async foresee(
    { caller, force }: WriteRequest,
    before: State,
    planned: readonly PlannedEntry[],
  ): Promise<{ state: State; effect: EffectEntry[]; besides: Foreseen }> {
    const state = await runInSlices(slicedForesight(before, planned));
    const change = { caller, before, state, entries: asEntries(before, planned) };
    const effect = await this.assertMay(change, this.dataSource.manager);
    const sizes = await this.assertFits(change);
    // What force would clear is found in the change itself.
    if (!force) await this.assertBreaksNothing(change);
    const foreseen = await this.foreseen(change, effect, sizes);
    return { state, effect, besides: { warnings: splitWarnings(planned, state), ...foreseen } };
  }

  private async foreseen(
    { before, state }: MadeChange,
    effect: readonly EffectEntry[],
    sizes: readonly SizeChange[],
  ): Promise<Omit<Foreseen, 'warnings'>> {
    return { costs: await runInSlices(slicedCosts(before, state, effect)), sizes: nearestLimits(sizes, this.limits) };
  }

  private async assertMay(change: MadeChange, manager: EntityManager): Promise<EffectEntry[]> {
    const { caller, before, state, entries, unasked } = change;
    const touched = await runInSlices(slicedEffect(before, state, touchedFlags(before, state)));
    // An admin may give any name to any environment: the log is not asked who had it.
    const past = caller.has('admin') ? NO_PAST : await pastEnvironments(manager, appearing(before, state), before.revision);
    const pages = this.tokens.allInForce(this.clock.now()).filter(({ isPublic }) => isPublic);
    mayChange({ caller, before, state, entries, past, pages, ...(unasked && { unasked }) }, touched);
    return touched;
  }

  /** @throws {Unprocessable} where something would be larger than it may be; else says what has another size. */
  async assertFits({ before, state }: Pick<MadeChange, 'before' | 'state'>): Promise<SizeChange[]> {
    const sizes = await runInSlices(slicedSizeChanges(before, state));
    assertFits(sizes, this.limits);
    return sizes;
  }

  private async assertBreaksNothing(change: MadeChange): Promise<void> {
    assertBreaksNothing(await runInSlices(introducedBy(change)), change.before, change.state);
  }
}

/** What is told of a change that nobody has made. */
interface Foreseen {
  warnings: string[];
  costs: FlagCost[];
  sizes: ToldSize[];
}

/** Says which tokens lose or get an environment, where any does. */
function withTokens(answer: Answer, { caller, before, state, now }: Change, tokens: TokenRegistry): Answer {
  const changed = reachChanged(tokens.allInForce(now), before, state);
  return changed.length === 0 ? answer : { ...answer, besides: { ...answer.besides, ...toldReach(caller, changed) } };
}

/** Says what `keep` and `force` wrote, and what is doubtful, where there is anything to say. */
export function withBesides(answer: Answer, besides: Partial<Besides & Foreseen>): Answer {
  const told = Object.entries(besides).filter(([, list]) => list.length > 0);
  if (told.length === 0) return answer;
  const { warnings } = (answer.body ?? {}) as { warnings?: string[] };
  const all = warnings && besides.warnings?.length ? { warnings: [...warnings, ...besides.warnings] } : {};
  return { ...answer, besides: { ...answer.besides, ...Object.fromEntries(told), ...all } };
}
