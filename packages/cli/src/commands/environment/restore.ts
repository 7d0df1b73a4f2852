import type { Invocation, Result } from '../../command.js';
import { guardedWrite } from '../../guard/guarded-write.js';
import { reasonIn, type WriteChoices } from '../../guard/write-options.js';
import { counted } from '../../output/diff.js';
import { harmless } from '../../output/width.js';

export async function run(call: Invocation<{ environment: string }, WriteChoices & { force: boolean }>): Promise<Result> {
  const { environment } = call.arguments;
  const { environments } = await call.session.api();
  const how = call.options.force ? { force: true } : {};
  const body = reasonIn(call.options);
  return guardedWrite(call, {
    targets: [environment],
    rehearse: () => environments.restore(environment, body, { ...how, dryRun: true }),
    write: () => environments.restore(environment, body, how),
    show: ({ slug, restoredOverrides, revision }) =>
      `${harmless(slug)} is back, with ${counted(restoredOverrides, 'override')} (revision ${revision}).`,
  });
}
