import type { DryRun, IssuedToken } from '@flagtree/api';
import type { Invocation, Result } from '../../command.js';
import { rehearsalText } from '../../guard/guarded-write.js';
import { writeFile } from '../../output/write-file.js';

/** The secret is alone on stdout, or in a file that its owner alone can read; all else is said. */
export function issued(
  { terminal, options }: Invocation<unknown, { out: string | undefined }>,
  answer: IssuedToken | DryRun,
): Result {
  if (!('id' in answer)) return { data: answer, show: (style) => rehearsalText(answer, style) };
  const { id, name, token } = answer;
  if (token === undefined) {
    terminal.say(
      `The token ${name} (${id}) was made by an earlier request: its secret is not shown again. flagtree token rotate ${id} gives it a new one.`,
    );
    return { data: answer, show: () => '' };
  }
  if (options.out === undefined) {
    terminal.say(`The token ${name} (${id}), shown this once:`);
    return { data: answer, show: () => token };
  }
  writeFile(options.out, `${token}\n`, { mode: 0o600 });
  terminal.say(`The token ${name} (${id}) is in ${options.out}.`);
  return options.json ? { data: { ...answer, token: undefined } } : {};
}
