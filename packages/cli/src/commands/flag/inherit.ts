import type { OverrideEditInEnvironment } from '@flagtree/api';
import type { Invocation, Result } from '../../command.js';
import { UsageError } from '../../command-error.js';
import { keepIn, OVERRIDE_FIELDS } from '../../flag-fields.js';
import { guardedWrite } from '../../guard/guarded-write.js';
import { reasonIn, type WriteChoices } from '../../guard/write-options.js';
import { harmless } from '../../output/width.js';

interface Chosen extends WriteChoices {
  env: string;
  fields: string[];
  keep: string[];
}

const CLEARED = OVERRIDE_FIELDS.filter((field) => field !== 'rulesMode');

export async function run(call: Invocation<{ key: string }, Chosen>): Promise<Result> {
  const { key } = call.arguments;
  const { env, fields, keep } = call.options;
  const unknown = fields.find((field) => !CLEARED.some((known) => known === field));
  if (unknown !== undefined)
    throw new UsageError(`There is no field "${unknown}" to inherit: it is one of ${CLEARED.join(', ')}.`);
  const { flags, environmentFlags } = await call.session.api();
  const rest = { ...keepIn(keep), ...reasonIn(call.options) };
  if (fields.length === 0)
    return guardedWrite(call, {
      targets: [env],
      rehearse: () => environmentFlags.delete(env, key, { ...rest, dryRun: true }),
      write: async () => {
        await environmentFlags.delete(env, key, rest);
        return flags.get(key, { env });
      },
      show: ({ environment = env, revision }) =>
        `${harmless(key)} inherits everything in ${harmless(environment)} (revision ${revision}).`,
    });
  const cleared = Object.fromEntries(fields.map((field) => [field, null]));
  const body = { ...cleared, environment: env, ...rest } as OverrideEditInEnvironment;
  return guardedWrite(call, {
    targets: [env],
    rehearse: () => flags.update(key, body, { dryRun: true }),
    write: () => flags.update(key, body),
    show: ({ environment = env, revision, override }) =>
      `${harmless(key)} inherits ${fields.join(', ')} in ${harmless(environment)}${override == null ? '' : ', which overrides other fields still'} (revision ${revision}).`,
  });
}
