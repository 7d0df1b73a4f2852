import type { Invocation, Result } from '../../command.js';
import { consent } from '../../guard/guarded-write.js';
import type { WriteChoices } from '../../guard/write-options.js';
import { issued } from './issued.js';

export async function run(call: Invocation<{ id: string }, WriteChoices & { out: string | undefined }>): Promise<Result> {
  const { id } = call.arguments;
  const { tokens } = await call.session.api();
  const rehearsed = await tokens.rotate(id, { dryRun: true });
  if (call.options.dryRun) return issued(call, rehearsed);
  await consent(call, { rehearsed, targets: [], severe: id });
  return issued(call, await tokens.rotate(id));
}
