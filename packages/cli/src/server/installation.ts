import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandError } from '../command-error.js';
import { EXIT } from '../exit-codes.js';

const SERVER = join('dist', 'server', 'server.cjs');

/** The server that this command line came with, or in whose directory it was called; null where there is none. */
export function installationHere(): string | null {
  for (const start of [process.cwd(), dirname(fileURLToPath(import.meta.url))]) {
    for (let directory = start; ; directory = dirname(directory)) {
      if (existsSync(join(directory, SERVER)) && existsSync(join(directory, 'scripts', 'database'))) return directory;
      if (directory === dirname(directory)) break;
    }
  }
  return null;
}

/**
 * Runs a script of the installed server, in the directory where the command was called and with its settings.
 *
 * @throws {CommandError} with what the script said, where it fails
 */
export async function runScript(name: string, args: readonly string[]): Promise<string> {
  const directory = installationHere();
  if (directory === null)
    throw new CommandError(
      'No server is installed here, whose settings name the database: run this in the directory of the server; in its container npm run backup does it (docker compose exec flagtree npm run backup -- /data/flagtree.gz).',
    );
  const child = spawn(process.execPath, [join(directory, 'scripts', 'database', `${name}.mjs`), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [said, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code !== 0) throw new CommandError(`${errors}${said}`.trim() || `${name} ended with ${String(code)}.`, EXIT.failed);
  return said.trim();
}
