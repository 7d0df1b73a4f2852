import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeFileAtomically } from './atomic-file.js';

describe('writeFileAtomically', () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'flagtree-atomic-'));
  });
  afterEach(() => {
    rmSync(parent, { recursive: true });
  });

  it('replaces a file as a whole', async () => {
    const path = join(parent, 'state');
    for (const text of ['a longer first one', 'second']) await writeFileAtomically(path, text, 0o600);
    expect([readdirSync(parent), readFileSync(path, 'utf8')]).toEqual([['state'], 'second']);
  });

  it('leaves nothing behind of what fails, which on a full disk would take the last of the space', async () => {
    const path = join(parent, 'state');
    mkdirSync(path);
    writeFileSync(join(path, 'in-the-way'), '');
    await expect(writeFileAtomically(path, 'text', 0o600)).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(readdirSync(parent)).toEqual(['state']);
  });
});
