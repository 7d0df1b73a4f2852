import type { Promotion } from '@flagtree/api';
import type { Invocation, Result } from '../../command.js';
import { CommandError } from '../../command-error.js';
import { consent } from '../../guard/guarded-write.js';
import type { WriteChoices } from '../../guard/write-options.js';
import { exitOfBlocked, planLines, verdict } from './promotion-text.js';

/**
 * Shows what would be done, asks where that reaches what is protected, and does exactly that: what was shown has an id, and the server refuses it
 * where it would no longer be the same.
 */
export async function carryOut(
  call: Invocation<unknown, WriteChoices>,
  ask: (how: { dryRun?: true; plan?: string }) => Promise<Promotion>,
  targets: readonly string[],
): Promise<Result> {
  const { terminal, options } = call;
  const planned = await ask({ dryRun: true });
  const isBlocked = planned.result === 'blocked';
  if (options.dryRun || planned.result !== 'applied') {
    const shown = options.dryRun ? planned : { ...planned, dryRun: false };
    return {
      data: planned,
      show: (style) => [...planLines(planned, style), verdict(shown)].join('\n'),
      ...(isBlocked && { exitCode: exitOfBlocked(planned, options.dryRun) }),
    };
  }
  await consent(call, { rehearsed: planned, targets }).catch((error: unknown) => {
    if (error instanceof CommandError && error.message.startsWith('Aborted'))
      throw new CommandError('Promotion aborted.', error.exitCode);
    throw error;
  });
  const done = await ask({ plan: planned.plan.id });
  terminal.say(planLines(planned, terminal.messageStyle).join('\n'));
  return { data: done, show: () => verdict(done), ...(done.result === 'blocked' && { exitCode: exitOfBlocked(done, false) }) };
}
