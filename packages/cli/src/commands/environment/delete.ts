import type { Invocation, Result } from '../../command.js';
import { guardedWrite } from '../../guard/guarded-write.js';
import { reasonIn, type WriteChoices } from '../../guard/write-options.js';
import { harmless } from '../../output/width.js';

export async function run(call: Invocation<{ environment: string }, WriteChoices & { force: boolean }>): Promise<Result> {
  const { environments } = await call.session.api();
  const { slug } = await environments.get(call.arguments.environment);
  const how = { ...reasonIn(call.options), ...(call.options.force && { force: true }) };
  return guardedWrite(call, {
    targets: [slug],
    severe: slug,
    rehearse: () => environments.delete(slug, { ...how, dryRun: true }),
    write: async () => {
      await environments.delete(slug, how);
      return { deleted: slug };
    },
    show: () => `${harmless(slug)} is deleted; flagtree env restore ${harmless(slug)} brings it back.`,
  });
}
