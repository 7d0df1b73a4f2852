import type { BulkRequest, BulkResult } from '@flagtree/api';
import type { Invocation, Result } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { consent, type Rehearsal } from '../../guard/guarded-write.js';
import type { WriteChoices } from '../../guard/write-options.js';
import { bulkText } from './bulk-text.js';

/** Many edits in one change, with the manners of a write. What is foreseen is in the `preview` of a dry run. */
export async function runBulk(call: Invocation<unknown, WriteChoices>, body: BulkRequest): Promise<Result> {
  const { bulk } = await call.session.api();
  const planned = (await bulk.run(body, { dryRun: true })) as Rehearsal & { preview: Record<string, unknown> | null };
  const foreseen = planned.preview as unknown as BulkResult;
  if (call.options.dryRun) return { data: planned, show: (style) => bulkText(foreseen, style, true) };
  const written = foreseen.items.filter(({ outcome }) => outcome === 'changed').map(({ environment }) => environment);
  await consent(call, { rehearsed: planned, targets: [...new Set(written)] });
  const done = (await bulk.run(body)) as BulkResult;
  return {
    data: done,
    show: (style) => bulkText(done, style, false),
    ...(done.refused > 0 && { exitCode: EXIT.refused }),
  };
}
