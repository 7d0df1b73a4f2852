import type { Restoration } from '@flagtree/api';
import type { Invocation, Result } from '../../command.js';
import { UsageError } from '../../command-error.js';
import { guardedWrite, type Rehearsal } from '../../guard/guarded-write.js';
import { reasonIn, type WriteChoices } from '../../guard/write-options.js';
import { counted } from '../../output/diff.js';
import { harmless } from '../../output/width.js';

interface Chosen extends WriteChoices {
  at: string | undefined;
  env: string | undefined;
}

export async function run(call: Invocation<{ key: string }, Chosen>): Promise<Result> {
  const { key } = call.arguments;
  const { at, env } = call.options;
  const api = await call.session.api();
  if (at === undefined) {
    if (env !== undefined) throw new UsageError('--env goes with --at: what is archived comes back as a whole.');
    return guardedWrite(call, {
      targets: [],
      rehearse: () => api.flags.restore(key, { dryRun: true }),
      write: () => api.flags.restore(key),
      show: ({ revision }) => `${harmless(key)} is in use again (revision ${revision}).`,
    });
  }
  const moment = /^\d+$/.test(at) ? Number(at) : at;
  const body = { at: moment, flag: key, ...(env !== undefined && { environment: env }), ...reasonIn(call.options) };
  return guardedWrite(call, {
    targets: env === undefined ? [] : [env],
    rehearse: async () => (await api.history.restore({ ...body, dryRun: true })) as Rehearsal & Restoration,
    write: async () => (await api.history.restore(body)) as Restoration,
    show: ({ restoredTo, changes, revision }) =>
      `${harmless(key)} is as it was at revision ${restoredTo}: ${counted(changes.length, 'row')} written (revision ${revision}).`,
  });
}
