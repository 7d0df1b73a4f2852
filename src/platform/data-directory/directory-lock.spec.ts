import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigError } from '../config/config-error.js';
import { lockDirectory } from './directory-lock.js';
import { ownIdentity } from './process-identity.js';
import type { ProcessIdentity } from './process-identity.js';

const timing = { heartbeatMs: 20, silenceMs: 200 };
const silent = (): void => undefined;

describe('lockDirectory', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'flagtree-lock-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('refuses a second holder by pid and host', async () => {
    const lock = await lockDirectory(directory, silent);
    await expect(lockDirectory(directory, silent)).rejects.toThrow(
      `is in use by the Flagtree server with pid ${process.pid} on ${ownIdentity().host}`,
    );
    lock.release();
    (await lockDirectory(directory, silent)).release();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('takes over from a process that is dead, and clears its lock away', async () => {
    leaveLock(4, { pid: await pidOfTheDead() });
    const lock = await lockDirectory(directory, silent);
    expect(readdirSync(directory)).toEqual(['server.5.lock']);
    lock.release();
  });

  it('takes over from a pid that meanwhile belongs to a younger process', async () => {
    leaveLock(1, { started: '1' });
    (await lockDirectory(directory, silent)).release();
  });

  it('takes over from before a restart of the machine', async () => {
    leaveLock(1, { boot: 'another boot' });
    (await lockDirectory(directory, silent)).release();
  });

  it('lets exactly one of many have it', async () => {
    for (let round = 0; round < 20; round++) {
      leaveLock(1 + round, { pid: await pidOfTheDead() });
      const attempts = await Promise.allSettled(Array.from({ length: 8 }, async () => lockDirectory(directory, silent)));
      const winners = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
      expect(winners).toHaveLength(1);
      for (const winner of winners) winner.release();
    }
  });

  describe('held by another host', () => {
    it('is refused while a heart beats there', async () => {
      const path = leaveLock(1, { host: 'elsewhere' });
      const heart = setInterval(() => {
        utimesSync(path, new Date(), new Date());
      }, timing.heartbeatMs);
      await expect(lockDirectory(directory, silent, timing)).rejects.toThrow(ConfigError);
      clearInterval(heart);
    });

    it('is taken over after a silence, and says that it waits', async () => {
      leaveLock(1, { host: 'elsewhere' });
      const notices: string[] = [];
      const lock = await lockDirectory(directory, (line) => notices.push(line), timing);
      expect(notices).toEqual([`${directory} was last used on elsewhere: waiting up to 0.2 s for a sign of life from there`]);
      lock.release();
    });
  });

  it('is kept alive by a heartbeat', async () => {
    const lock = await lockDirectory(directory, silent, timing);
    const holder = JSON.parse(readFileSync(join(directory, 'server.1.lock'), 'utf8')) as ProcessIdentity;
    writeFileSync(join(directory, 'server.1.lock'), JSON.stringify({ ...holder, namespace: 'another container' }));
    await expect(lockDirectory(directory, silent, timing)).rejects.toThrow(ConfigError);
    lock.release();
  });

  function leaveLock(number: number, change: Partial<ProcessIdentity>): string {
    const path = join(directory, `server.${number}.lock`);
    writeFileSync(path, JSON.stringify({ ...ownIdentity(), ...change }));
    return path;
  }
});

async function pidOfTheDead(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid ?? 0;
}
