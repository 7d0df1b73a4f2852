import type { Invocation, Result } from '../../command.js';
import { guardedWrite } from '../../guard/guarded-write.js';
import { reasonIn, type WriteChoices } from '../../guard/write-options.js';
import { harmless } from '../../output/width.js';

export async function run(call: Invocation<{ key: string }, WriteChoices>): Promise<Result> {
  const { key } = call.arguments;
  const { flags } = await call.session.api();
  return guardedWrite(call, {
    targets: [],
    severe: key,
    rehearse: () => flags.archive(key, { ...reasonIn(call.options), dryRun: true }),
    write: async () => {
      await flags.archive(key, reasonIn(call.options));
      return { archived: key };
    },
    show: () => `${harmless(key)} is archived; flagtree flag restore ${harmless(key)} brings it back.`,
  });
}
