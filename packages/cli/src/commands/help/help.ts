import type { Invocation, Result } from '../../command.js';
import { UsageError } from '../../command-error.js';
import { EXIT_MEANINGS } from '../../exit-codes.js';
import { areaHelp, commandHelp, programHelp } from '../../program/help.js';
import { didYouMean } from '../../program/suggest.js';

const TOPICS: Readonly<Record<string, string>> = {
  'exit-codes': [
    'How a command ends:',
    ...Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `  ${code.padEnd(3)}  ${meaning}`),
  ].join('\n'),
  environment: `Which server is asked, and as whom. The first that says something counts:

  1. --url, --profile, --token-file
  2. FLAGTREE_URL, FLAGTREE_PROFILE; FLAGTREE_CLI_TOKEN or FLAGTREE_CLI_TOKEN_FILE, then FLAGTREE_TOKEN or FLAGTREE_TOKEN_FILE
  3. .flagtree.yaml of the project, here or above: profile, or url
  4. the profiles of flagtree login, in $XDG_CONFIG_HOME/flagtree/config.yaml
  5. a local server: server.json and admin-token in its data directory, .flagtree or FLAGTREE_DATA_DIR

A token that is kept with a profile goes to the address of that profile alone. flagtree config list shows what counts, and who says so.
NO_COLOR takes the colours away, FORCE_COLOR gives them to pipes; CI keeps questions away.`,
  scripts: `Data goes to stdout, all else to stderr. --json prints one document (flagtree stream: one in each line), as flagtree schema says.

  --dry-run         says what a write would do, and does nothing
  --confirm=<name>  says yes to what is protected, or is to be deleted, by its name
  --yes             says yes to questions, but not to those that want a name
  --no-input        asks nothing: a question ends the command with 2

Exit codes are those of flagtree help exit-codes. From npm, options need -- before them:

  npm run flags:promote -- ui.new_feature --from=dev --to=staging
  npx flagtree promote ui.new_feature --from=dev --to=staging`,
};

export function run({ arguments: { words }, commands }: Invocation<{ words: string[] }>): Promise<Result> {
  const asked = words.join(' ');
  const text = textOf(asked, commands);
  if (text === null) {
    const known = [...commands.map(({ name }) => name), ...Object.keys(TOPICS)];
    throw new UsageError(`There is no command or topic "${asked}".${didYouMean(asked, known)} flagtree help lists the commands.`);
  }
  return Promise.resolve({ data: { text }, show: () => text });
}

function textOf(asked: string, commands: Invocation['commands']): string | null {
  if (asked === '') return programHelp(commands);
  const command = commands.find(({ name }) => name === asked);
  if (command !== undefined) return commandHelp(command);
  const inside = commands.filter(({ name }) => name.startsWith(`${asked} `));
  if (inside.length > 0) return areaHelp(asked, inside);
  return Object.hasOwn(TOPICS, asked) ? (TOPICS[asked] ?? null) : null;
}
