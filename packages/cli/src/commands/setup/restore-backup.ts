import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { Invocation, Result } from '../../command.js';
import { CommandError, UsageError } from '../../command-error.js';
import { runScript } from '../../server/installation.js';

interface Chosen {
  replace: boolean;
  confirm: string[];
}

/** The name of the file has to be typed: the database is filled, and with --replace emptied first. */
export async function run({ arguments: { path }, options, terminal }: Invocation<{ path: string }, Chosen>): Promise<Result> {
  if (!existsSync(path)) throw new UsageError(`There is no file ${path}.`);
  const name = basename(path);
  const { replace, confirm } = options;
  if (confirm.length > 0 && !confirm.includes(name))
    throw new UsageError(`--confirm=${confirm.join(',')} does not name ${name}: give --confirm=${name}. Nothing was changed.`);
  if (confirm.length === 0) {
    const what = replace ? 'This deletes all that the database holds, and fills it from' : 'This fills the database from';
    const typed = await terminal.ask(`${what} ${name}. Type ${name} to go on: `, `give --confirm=${name}`);
    if (typed.trim() !== name) throw new CommandError('Aborted: that is not its name. Nothing was changed.');
  }
  const said = await runScript('restore-backup', [path, ...(replace ? ['--replace'] : [])]);
  return { data: { restored: path }, show: () => said };
}
