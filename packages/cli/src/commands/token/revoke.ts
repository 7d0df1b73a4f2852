import type { Invocation, Result } from '../../command.js';
import { guardedWrite } from '../../guard/guarded-write.js';
import { reasonIn, type WriteChoices } from '../../guard/write-options.js';

export async function run(call: Invocation<{ id: string }, WriteChoices>): Promise<Result> {
  const { id } = call.arguments;
  const { tokens } = await call.session.api();
  return guardedWrite(call, {
    targets: [],
    severe: id,
    rehearse: () => tokens.revoke(id, { ...reasonIn(call.options), dryRun: true }),
    write: async () => {
      await tokens.revoke(id, reasonIn(call.options));
      return { revoked: id };
    },
    show: () => `${id} is revoked.`,
  });
}
