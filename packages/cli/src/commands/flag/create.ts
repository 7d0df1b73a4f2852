import type { NewFlag } from '@flagtree/api';
import { assignmentsIn } from '../../assignments.js';
import type { Invocation, Result } from '../../command.js';
import { FLAG_FIELDS } from '../../flag-fields.js';
import { guardedWrite } from '../../guard/guarded-write.js';
import { reasonIn, type WriteChoices } from '../../guard/write-options.js';
import { harmless } from '../../output/width.js';

export async function run(call: Invocation<{ key: string; fields: string[] }, WriteChoices>): Promise<Result> {
  const { key, fields } = call.arguments;
  const body = { key, ...assignmentsIn(fields, ['type', ...FLAG_FIELDS]), ...reasonIn(call.options) } as NewFlag;
  const { flags } = await call.session.api();
  return guardedWrite(call, {
    targets: [],
    asks: body.enabled === true, // one that is off serves what a flag that is not there does
    rehearse: () => flags.create(body, { dryRun: true }),
    write: () => flags.create(body),
    show: ({ key: made, enabled, revision }) =>
      `${harmless(made)} is there, and ${enabled ? 'on' : 'off'} (revision ${revision}).`,
  });
}
