import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigError } from '../config/config-error.js';
import { openDataDirectory } from './data-directory.js';

const silent = (): void => undefined;
const isRoot = process.getuid?.() === 0;

describe('openDataDirectory', () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'flagtree-data-'));
  });
  afterEach(() => {
    rmSync(parent, { recursive: true });
  });

  it('creates a directory that others can neither list nor read', async () => {
    const directory = await openDataDirectory(join(parent, 'deep', 'down'), silent);
    expect(mode(directory.path)).toBe(isRoot ? '710' : '700');
    directory.release();
  });

  it('leaves the mode of a directory that exists alone', async () => {
    chmodSync(parent, 0o755);
    const directory = await openDataDirectory(parent, silent);
    expect(mode(parent)).toBe('755');
    directory.release();
  });

  it('keeps a secret for its owner only, and replaces it as a whole', async () => {
    const directory = await openDataDirectory(parent, silent);
    await directory.writeSecret('admin-token', 'first\n');
    const path = await directory.writeSecret('admin-token', 'second\n');
    expect(path).toBe(join(parent, 'admin-token'));
    expect(mode(path)).toBe('600');
    expect(await directory.readSecret('admin-token')).toBe('second\n');
    directory.release();
    expect(readdirSync(parent)).toEqual(['admin-token']);
  });

  it('keeps space for the next start when it is told to, once', async () => {
    const directory = await openDataDirectory(parent, silent);
    directory.keepReserve();
    directory.keepReserve();
    directory.release();
    expect(readdirSync(parent)).toEqual(['server.reserve']);
  });

  it('has null for a secret that was never written', async () => {
    const directory = await openDataDirectory(parent, silent);
    expect(await directory.readSecret('admin-token')).toBeNull();
    directory.release();
  });

  it('says why a file cannot be the directory', async () => {
    writeFileSync(join(parent, 'file'), '');
    await expect(openDataDirectory(join(parent, 'file'), silent)).rejects.toEqual(
      new ConfigError([
        `The data directory ${join(parent, 'file')} cannot be used (it, or a part of its path, is a file): set FLAGTREE_DATA_DIR to one that can be written`,
      ]),
    );
  });

  it('says so where nothing can be written', async () => {
    await expect(openDataDirectory('/proc/flagtree', silent)).rejects.toThrow(ConfigError);
  });

  function mode(path: string): string {
    return (statSync(path).mode & 0o777).toString(8);
  }
});
