import { spawn, type StdioOptions } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Home } from './home.js';
import { unsupported } from '../binaries/package-binaries.js';

/** Starts a program of PostgreSQL's in a session of its own, so that Ctrl-C reaches the server first, which then ends it in order. */
export function spawnBinary(
  { binaries, account }: Home,
  program: 'initdb' | 'postgres',
  args: readonly string[],
  stdio: StdioOptions,
) {
  return spawn(join(binaries, 'bin', program), args, { ...account, cwd: '/', env: environment(binaries), detached: true, stdio });
}

/** Runs a program to its end and returns what it wrote, which belongs to the error when it fails. */
export async function runBinary(
  home: Home,
  program: 'initdb' | 'postgres',
  args: readonly string[],
  input: string,
): Promise<string> {
  const child = spawnBinary(home, program, args, 'pipe');
  const output: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => output.push(chunk));
  child.stdin?.on('error', () => undefined); // it died before it read its input: the exit code tells
  child.stdin?.end(input);
  const code = await new Promise<number | string | null>((settle, reject) => {
    // A missing program loader (musl) looks like a missing file.
    child.once('error', (error) => {
      reject(unsupported(`its binaries do not run here: ${error.message}`));
    });
    child.once('close', (status, signal) => {
      settle(status ?? signal);
    });
  });
  const text = Buffer.concat(output).toString().trim();
  if (code !== 0) throw new Error(`${program} ended with ${String(code)}:\n${text}`);
  return text;
}

// Nothing of ours is passed on: PGPORT, PGOPTIONS and the like would be obeyed.
function environment(binaries: string): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env;
  return {
    ...(PATH !== undefined && { PATH }),
    ...(SystemRoot !== undefined && { SystemRoot }),
    LD_LIBRARY_PATH: join(binaries, 'lib'),
    LC_ALL: 'C',
    TZ: 'UTC',
    TMPDIR: tmpdir(),
  };
}
