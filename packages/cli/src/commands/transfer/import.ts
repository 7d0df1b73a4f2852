import type { ImportResult } from '@flagtree/api';
import { readInput } from '../../assignments.js';
import type { Invocation, Result } from '../../command.js';
import { UsageError } from '../../command-error.js';
import { guardedWrite } from '../../guard/guarded-write.js';
import { reasonIn, type WriteChoices } from '../../guard/write-options.js';
import { counted } from '../../output/diff.js';
import { harmless } from '../../output/width.js';

interface Chosen extends WriteChoices {
  format: 'states' | 'flagd' | undefined;
  env: string | undefined;
  mode: 'merge' | 'replace' | undefined;
  lenient: boolean;
  force: boolean;
}

export async function run(call: Invocation<{ path: string }, Chosen>): Promise<Result> {
  const { format, env, mode, lenient, force } = call.options;
  const { path } = call.arguments;
  const body = documentIn(readInput(path), path);
  const how = { format, env, mode, ...(lenient && { lenient }), ...(force && { force }), ...reasonIn(call.options) };
  const api = await call.session.api();
  return guardedWrite(call, {
    targets: env === undefined ? [] : [env],
    rehearse: () => api.import.run(body, { ...how, dryRun: true }),
    write: async () => (await api.import.run(body, how)) as ImportResult,
    show: ({ written, revision, notKept = [], rewritten = [] }) =>
      [
        ...notKept.map(({ flag, detail }) => `  ! ${flag === null ? '' : `${harmless(flag)}: `}${harmless(detail)}`),
        ...(rewritten.length > 0 ? [`  ${counted(rewritten.length, 'expression')} rewritten`] : []),
        `${counted(written, 'row')} written (revision ${revision}).`,
      ].join('\n'),
  });
}

/** JSON as a value, all else as it is: the server reads YAML. */
function documentIn(text: string, path: string): Record<string, unknown> {
  if (text.trim() === '') throw new UsageError(`${path === '-' ? 'stdin' : path} is empty.`);
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return text as unknown as Record<string, unknown>;
  }
}
