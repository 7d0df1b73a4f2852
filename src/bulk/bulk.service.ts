import { Injectable } from '@nestjs/common';
import { ChangesService, withBesides } from '../audit/door/changes.service.js';
import { StateStore } from '../audit/follow/state-store.js';
import { writeEntries } from '../audit/change/write-entries.js';
import { type WriteRequest, writesBesides } from '../audit/change/write-request.js';
import type { State } from '@flagtree/engine';
import { ok, Written } from '../platform/http/management/answer.js';
import { SHOWN } from '../platform/http/management/beginning.js';
import { moreIf } from '../platform/http/management/bounded-effect.js';
import { assertNamesNoVersion } from '../platform/http/management/etag.js';
import type { BulkDto, BulkItemDto, BulkResultDto } from './bulk.dto.js';
import { assertFits } from './bulk-targets.js';
import { type BulkPlan, planBulk } from './plan-bulk.js';

/** One operation for many flags in many environments: planned from memory, so that other writers wait for the writing alone. */
@Injectable()
export class BulkService {
  constructor(
    private readonly changes: ChangesService,
    private readonly store: StateStore,
  ) {}

  async run(write: WriteRequest, dto: BulkDto): Promise<Written> {
    assertFits(dto);
    assertNamesNoVersion(write, 'look at a dry run instead');
    const replayed = await this.changes.replayed(write);
    if (replayed) return replayed;
    const planFor = (state: State) => planBulk(state, dto, write.caller);
    let plan = await planFor(await this.store.current());
    if (write.dryRun && !writesBesides(write)) {
      const { effect, besides } = await this.changes.foresee(write, plan.state, plan.entries);
      const answer = withBesides(ok(resultOf(plan, plan.state.revision)), besides);
      return new Written(answer, plan.state.revision, effect, 'dry-run');
    }
    return this.changes.change(write, {
      apply: async (change) => {
        if (change.state !== plan.state) plan = await planFor(change.state);
        if (plan.entries.length > 0) await writeEntries(change, plan.entries);
      },
      answer: ({ state }) => ok(resultOf(plan, state.revision)),
    });
  }
}

function resultOf({ items }: BulkPlan, revision: number): BulkResultDto {
  const count = (wanted: BulkItemDto['outcome']) => items.filter(({ outcome }) => outcome === wanted).length;
  return {
    revision,
    changed: count('changed'),
    unchanged: count('unchanged'),
    refused: count('refused'),
    items: shownItems(items),
    ...moreIf(items.length > SHOWN, 'Ask again about fewer flags or environments: a dry run changes nothing.'),
  };
}

/** The first ones, and before all others those that were refused, in their order. */
function shownItems(items: readonly BulkItemDto[]): BulkItemDto[] {
  if (items.length <= SHOWN) return [...items];
  const refused = items.filter(({ outcome }) => outcome === 'refused').slice(0, SHOWN);
  const others = items.filter(({ outcome }) => outcome !== 'refused').slice(0, SHOWN - refused.length);
  return [...refused, ...others];
}
