import { ConfigurationError, FlagtreeProblem, FlagtreeUnreachable } from '@flagtree/api';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { harmless } from '../output/width.js';
import type { Session } from '../server/session.js';
import { didYouMean } from './suggest.js';

/** What a person is told of an error, and how the command ends. */
export async function explain(error: unknown, session: Session | null): Promise<{ message: string; exitCode: ExitCode }> {
  if (error instanceof FlagtreeProblem) return { message: await ofProblem(error, session), exitCode: codeOf(error) };
  if (error instanceof FlagtreeUnreachable) return { message: await ofUnreachable(error, session), exitCode: EXIT.unreachable };
  if (error instanceof ConfigurationError) return { message: error.message, exitCode: EXIT.usage };
  const { message, code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string') return { message: `${message}.`, exitCode: EXIT.failed };
  return {
    message: `flagtree failed, and this is a bug: ${error instanceof Error ? (error.stack ?? message) : String(error)}`,
    exitCode: EXIT.failed,
  };
}

/** A gateway's answer is not the server's. */
const codeOf = ({ status }: FlagtreeProblem): ExitCode =>
  [502, 503, 504].includes(status) ? EXIT.unreachable : status >= 500 ? EXIT.failed : EXIT.refused;

async function ofProblem(problem: FlagtreeProblem, session: Session | null): Promise<string> {
  const { status, message, errors, requestId } = problem;
  const lines = [harmless(message)];
  for (const { pointer, detail } of errors) lines.push(`  ${harmless(pointer)}: ${harmless(detail)}`);
  if (status === 401 || status === 403) {
    const from = await session?.credentials().then(
      ({ token }) => token?.from,
      () => undefined,
    );
    if (from !== undefined) lines.push(`The token is that of ${from}.`);
  }
  if (status === 404) lines.push(...(await likelyNames(message, session)));
  if (status === 412) lines.push('It has changed since it was read: look at it again, then repeat the command.');
  if (status >= 500 && requestId !== null) lines.push(`The server's log knows this as ${requestId}.`);
  return lines.join('\n');
}

/** Of flags and environments that the server has. */
async function likelyNames(message: string, session: Session | null): Promise<string[]> {
  const [, name] = /"([^"]+)"/.exec(message) ?? [];
  if (name === undefined || session === null) return [];
  try {
    const isEnvironment = /environment "/i.test(message);
    if (!isEnvironment && !/flag "/i.test(message)) return [];
    const names = isEnvironment
      ? (await session.environments()).flatMap(({ slug, aliases }) => [slug, ...aliases])
      : (await (await session.api()).flags.list({ limit: 200 }).toArray(2000)).map(({ key }) => key);
    const hint = didYouMean(name, names).trim();
    if (hint !== '') return [hint];
    return isEnvironment ? [`There are ${names.join(', ')}.`] : ['flagtree flag list shows what there is.'];
  } catch {
    return [];
  }
}

async function ofUnreachable({ message, mayBeDone, code }: FlagtreeUnreachable, session: Session | null): Promise<string> {
  const from = await session?.credentials().then(
    ({ url }) => url.from,
    () => undefined,
  );
  const who = from === undefined ? '' : ` The address is that of ${from}.`;
  const done = mayBeDone && code !== 'not-flagtree' ? ' It may have been done all the same: look before you repeat it.' : '';
  return `${message}${who}${done} flagtree doctor looks for the reason.`;
}
