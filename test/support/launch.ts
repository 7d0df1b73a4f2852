import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Launch {
  env: Record<string, string>;
  /** By default the server that was built from these sources. */
  entry?: string;
  account?: { uid: number; gid: number };
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Running {
  pid: number;
  /** The server's URL; rejected with its output when it ends first, or takes too long. */
  ready: Promise<string>;
  exited: Promise<Exit>;
  logs: () => string;
  end: (signal: NodeJS.Signals) => Promise<Exit>;
}

const BUILT = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const READY_MS = 60_000;

/** Nothing of the caller's environment but what a program needs: a DATABASE_URL that lies around is not for the server under test. */
export function launch({ env, entry = BUILT, account }: Launch): Running {
  const { PATH = '', TMPDIR = '/tmp' } = process.env;
  const child = spawn(process.execPath, [entry], {
    ...account,
    cwd: '/',
    env: { PATH, TMPDIR, ...env },
    stdio: 'pipe',
  });
  let output = '';
  const exited = once(child, 'close').then(([code, signal]: unknown[]) => ({ code, signal }) as Exit);
  const ready = new Promise<string>((resolve, reject) => {
    const fail = (why: string): void => {
      reject(new Error(`The server ${why}. Its output:\n${output}`));
    };
    const timer = setTimeout(fail, READY_MS, `is not ready after ${READY_MS / 1000} s`).unref();
    const hear = (chunk: string): void => {
      output += chunk;
      const url = /^ {2}API {2,}(http\S+)$/m.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    void exited.then(({ code, signal }) => {
      clearTimeout(timer);
      fail(`ended with ${String(code ?? signal)}`);
    });
  });
  const pid = child.pid ?? 0;
  const forget = remember(pid);
  void exited.then(forget);
  return {
    pid,
    ready,
    exited,
    logs: () => output,
    end: (signal) => {
      child.kill(signal);
      return exited;
    },
  };
}

/** A spec that fails may leave its server running: the teardown of the whole run ends those that are still noted here. */
function remember(pid: number): () => void {
  const directory = process.env['FLAGTREE_TEST_PIDS'];
  if (directory === undefined) return () => undefined;
  const note = join(directory, String(pid));
  writeFileSync(note, '');
  return () => {
    rmSync(note, { force: true });
  };
}
