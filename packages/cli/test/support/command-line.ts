import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BUILT = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const TERMINAL = fileURLToPath(new URL('terminal.mjs', import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface How {
  env?: Record<string, string>;
  cwd?: string;
  /** Written to its stdin, which then ends. */
  input?: string;
  /** As if stdin and stderr were a terminal, so that it asks. */
  terminal?: boolean;
  /** Called with each piece of output, and the process. */
  onOutput?: (text: string, end: (signal: NodeJS.Signals) => void) => void;
}

/** The built command line in processes of its own, for one server, in a home and a directory that are empty at first. */
export class CommandLine {
  readonly home = mkdtempSync(join(tmpdir(), 'flagtree-cli-'));

  constructor(private readonly env: Record<string, string> = {}) {}

  run(args: readonly string[], { env = {}, cwd = this.home, input, terminal = false, onOutput }: How = {}): Promise<Ended> {
    const child = spawn(process.execPath, [...(terminal ? ['--import', TERMINAL] : []), BUILT, ...args], {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', HOME: this.home, ...this.env, ...env },
      stdio: 'pipe',
    });
    let stdout = '';
    let stderr = '';
    const hear = (text: string): void => onOutput?.(text, (signal) => child.kill(signal));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      hear(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      hear(text);
    });
    child.stdin.on('error', () => undefined);
    if (!terminal || input !== undefined) child.stdin.end(input ?? '');
    return new Promise((resolve) => {
      child.once('close', (code, signal) => {
        resolve({ code: code ?? (signal === 'SIGINT' ? 130 : null), stdout, stderr });
      });
    });
  }

  /** What it prints with --json; fails with its messages where it ends with another code than the one expected. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- read by name, as a script would
  async json(args: readonly string[], expected = 0, how: How = {}): Promise<any> {
    const { code, stdout, stderr } = await this.run([...args, '--json'], how);
    if (code !== expected) throw new Error(`flagtree ${args.join(' ')} ended with ${String(code)}:\n${stdout}\n${stderr}`);
    return JSON.parse(stdout);
  }

  close(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
