import type { Invocation, Result } from '../../command.js';
import { UsageError } from '../../command-error.js';
import { keepIn } from '../../flag-fields.js';
import { guardedWrite } from '../../guard/guarded-write.js';
import { reasonIn, type WriteChoices } from '../../guard/write-options.js';
import { harmless } from '../../output/width.js';
import { runBulk } from '../transfer/run-bulk.js';

export interface Turn extends WriteChoices {
  env: string[];
  keep: string[];
}

/** One flag in one environment by an edit; many at once, in one change. */
export async function turn(enabled: boolean, call: Invocation<{ keys: string[] }, Turn>): Promise<Result> {
  const { keys } = call.arguments;
  const { env, keep } = call.options;
  const [key = '', ...moreKeys] = keys;
  const [environment, ...moreEnvironments] = env;
  if (environment === undefined) throw new UsageError('Where? Give --env=<environment>.');
  const api = await call.session.api();
  const rest = { ...keepIn(keep), ...reasonIn(call.options) };
  if (moreKeys.length === 0 && moreEnvironments.length === 0 && !key.includes('*')) {
    const body = { environment, enabled, ...rest };
    return guardedWrite(call, {
      targets: [environment],
      rehearse: () => api.flags.update(key, body, { dryRun: true }),
      write: () => api.flags.update(key, body),
      show: ({ environment: where = environment, revision }) =>
        `${harmless(key)} is ${enabled ? 'on' : 'off'} in ${harmless(where)} (revision ${revision}).`,
    });
  }
  const body = { operation: enabled ? ('enable' as const) : ('disable' as const), flags: keys, environments: env, ...rest };
  return runBulk(call, body);
}
