import type { EnvironmentEdit } from '@flagtree/api';
import { assignmentsIn } from '../../assignments.js';
import type { Invocation, Result } from '../../command.js';
import { guardedWrite } from '../../guard/guarded-write.js';
import { reasonIn, type WriteChoices } from '../../guard/write-options.js';
import { harmless } from '../../output/width.js';

const FIELDS = ['name', 'description', 'url', 'aliases', 'parent', 'settings', 'expiresAt', 'isActive'] as const;

export async function run(call: Invocation<{ environment: string; edits: string[] }, WriteChoices>): Promise<Result> {
  const { environment, edits } = call.arguments;
  const body = { ...assignmentsIn(edits, FIELDS), ...reasonIn(call.options) } as EnvironmentEdit;
  const { environments } = await call.session.api();
  return guardedWrite(call, {
    targets: [environment],
    rehearse: () => environments.update(environment, body, { dryRun: true }),
    write: () => environments.update(environment, body),
    show: ({ slug, version, revision }) => `${harmless(slug)} is changed (version ${version}, revision ${revision}).`,
  });
}
