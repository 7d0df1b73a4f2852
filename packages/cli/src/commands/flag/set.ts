import type { FlagEdit, OverrideEditInEnvironment } from '@flagtree/api';
import { assignmentsIn } from '../../assignments.js';
import type { Invocation, Result } from '../../command.js';
import { FLAG_FIELDS, keepIn, OVERRIDE_FIELDS } from '../../flag-fields.js';
import { guardedWrite } from '../../guard/guarded-write.js';
import { reasonIn, type WriteChoices } from '../../guard/write-options.js';
import { harmless } from '../../output/width.js';

interface Chosen extends WriteChoices {
  env: string | undefined;
  keep: string[];
}

export async function run(call: Invocation<{ key: string; fields: string[] }, Chosen>): Promise<Result> {
  const { key, fields } = call.arguments;
  const { env, keep } = call.options;
  const rest = { ...keepIn(keep), ...reasonIn(call.options) };
  const body = (
    env === undefined
      ? { ...assignmentsIn(fields, FLAG_FIELDS), ...rest }
      : { ...assignmentsIn(fields, OVERRIDE_FIELDS), ...rest, environment: env }
  ) as FlagEdit | OverrideEditInEnvironment;
  const { flags } = await call.session.api();
  return guardedWrite(call, {
    targets: env === undefined ? [] : [env],
    rehearse: () => flags.update(key, body, { dryRun: true }),
    write: () => flags.update(key, body),
    show: ({ environment, revision }) =>
      `${harmless(key)} is changed${environment === undefined ? '' : ` in ${harmless(environment)}`} (revision ${revision}).`,
  });
}
