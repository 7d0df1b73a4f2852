import { relative } from 'node:path';
import { type Invocation, type Result } from '../../command.js';
import { EXIT, type ExitCode } from '../../exit-codes.js';
import { checkFiles, type CheckedFiles, count, findingsText, githubText } from '../../files/findings.js';
import { writeSuggestions } from '../../files/fix.js';
import { changedSince } from '../../files/git.js';

interface Chosen {
  files: string | undefined;
  changed: string | undefined;
  fix: boolean;
  maxWarnings: number | undefined;
  format: 'text' | 'github' | undefined;
}

export function run({ options, terminal }: Invocation<unknown, Chosen>): Promise<Result> {
  const { files: directory = 'flags', changed, fix, maxWarnings, format } = options;
  let checked = checkFiles(directory);
  const fixed = fix ? writeSuggestions(checked.read, checked.findings) : [];
  if (fixed.length > 0) {
    terminal.say(`Written: ${fixed.join(', ')}.`);
    checked = checkFiles(directory);
  }
  const { told, errors, warnings } = changed === undefined ? checked : onlyOf(checked, changedSince(directory, changed));
  const files = checked.read.texts.size;
  return Promise.resolve({
    data: {
      ...{ format: 'flagtree-validate', version: 1, findings: told, errors, warnings },
      ...{ files, flags: checked.directory.flags.size, fixed },
    },
    show: (style) =>
      format === 'github'
        ? [githubText(told), `${count(told.length, 'finding')}.`].filter((line) => line !== '').join('\n')
        : findingsText(told, files, style),
    exitCode: exitCodeOf(errors, warnings, maxWarnings),
  });
}

function exitCodeOf(errors: number, warnings: number, most: number | undefined): ExitCode {
  if (errors > 0) return EXIT.usage;
  return most !== undefined && warnings > most ? EXIT.differs : EXIT.done;
}

/** All is read, so that what a change breaks elsewhere can be seen; told is of the files that changed, and errors anywhere. */
function onlyOf({ told, read }: CheckedFiles, changed: ReadonlySet<string>): Pick<CheckedFiles, 'told' | 'errors' | 'warnings'> {
  const some = told.filter(
    ({ file, severity }) => severity === 'error' || changed.has(relative(read.directory, file).replaceAll('\\', '/')),
  );
  const errors = some.filter(({ severity }) => severity === 'error').length;
  return { told: some, errors, warnings: some.length - errors };
}
