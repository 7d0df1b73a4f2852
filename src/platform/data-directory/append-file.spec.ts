import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { AppendFile } from './append-file.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flagtree-test-append-'));
  path = join(folder, 'lines');
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** A disk with room for `bytes` more of what is written next; `truncates` false: it cannot be tidied up either. */
async function fill(bytes: number, truncates: boolean): Promise<void> {
  const probe = await open(path, 'a');
  const handle = Object.getPrototypeOf(probe) as {
    writeFile: (text: string) => Promise<void>;
    truncate: (to: number) => Promise<void>;
  };
  await probe.close();
  jest.spyOn(handle, 'writeFile').mockImplementationOnce((text) => {
    appendFileSync(path, text.slice(0, bytes));
    return Promise.reject(new Error('ENOSPC: no space left on device'));
  });
  if (!truncates) jest.spyOn(handle, 'truncate').mockRejectedValueOnce(new Error('EIO'));
}

it('takes away what a full disk has let through of a line', async () => {
  const file = new AppendFile(path, 0);
  await file.append('first');
  await fill(4, true);
  await expect(file.append('second')).rejects.toThrow('ENOSPC');
  expect(readFileSync(path, 'utf8')).toBe('first\n');
  await file.append('third');
  expect(readFileSync(path, 'utf8')).toBe('first\nthird\n');
});

it.each([3, 7])(
  'takes %i torn bytes away before the next line, where that failed at first, and reads without them',
  async (bytes) => {
    const file = new AppendFile(path, 0);
    await file.append('first');
    await fill(bytes, false);
    await expect(file.append('second')).rejects.toThrow('ENOSPC');
    const torn = readFileSync(path, 'utf8');
    expect(torn).toBe(`first\n${'second\n'.slice(0, bytes)}`);
    expect(file.withoutTornEnd(torn)).toBe('first\n');
    await file.append('third');
    expect(readFileSync(path, 'utf8')).toBe('first\nthird\n');
  },
);

it('leaves what another hand has written at the end', async () => {
  const file = new AppendFile(path, 0);
  await file.append('first');
  await fill(0, true);
  await expect(file.append('second')).rejects.toThrow('ENOSPC');
  appendFileSync(path, 'forged\n');
  expect(file.withoutTornEnd(readFileSync(path, 'utf8'))).toBe('first\nforged\n');
  await file.append('third');
  expect(readFileSync(path, 'utf8')).toBe('first\nforged\nthird\n');
});

it('goes on behind the lines that are there', async () => {
  writeFileSync(path, 'old\n');
  await new AppendFile(path, 4).append('new');
  expect(readFileSync(path, 'utf8')).toBe('old\nnew\n');
});
