import { didYouMean, environmentNamed, environmentsInTreeOrder, type Environment, type State } from '../../engine.js';
import { CommandError, UsageError } from '../../command-error.js';
import { EXIT } from '../../exit-codes.js';
import { checkFiles, type CheckedFiles, findingsText } from '../../files/findings.js';
import type { Terminal } from '../../output/terminal.js';

/** A directory without errors. Without a tree of its own it is said that each environment stands by itself. @throws {CommandError} with the errors */
export function soundFiles(directory: string, terminal: Terminal): CheckedFiles {
  const checked = checkFiles(directory);
  if (checked.errors > 0) {
    const errors = checked.told.filter(({ severity }) => severity === 'error');
    throw new CommandError(
      `${findingsText(errors, checked.read.texts.size, terminal.messageStyle)}\nNothing was done: mend these first.`,
      EXIT.usage,
    );
  }
  if (checked.directory.tree === null)
    terminal.say(
      `${directory}/ has no environments.yaml: each environment is _base and its own files, and inherits from no other.`,
    );
  return checked;
}

/** @throws {UsageError} with the name that was probably meant */
export function environmentIn(state: State, name: string): Environment {
  const environment = environmentNamed(state, name);
  if (environment) return environment;
  const names = environmentsInTreeOrder(state).flatMap(({ slug, aliases }) => [slug, ...aliases]);
  throw new UsageError(
    `The files have no environment ${JSON.stringify(name)}.${didYouMean(name, names) || ` There are ${names.join(', ')}.`}`,
  );
}
