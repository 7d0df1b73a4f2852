import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeCopy, usableBinaries } from './usable-binaries.js';

let folder: string;
let root: string;
let copies: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'binaries-'));
  [root, copies] = [join(folder, 'native'), join(folder, 'copies')];
  mkdirSync(join(root, 'bin'), { recursive: true });
  mkdirSync(join(root, 'lib'));
  mkdirSync(copies);
  writeFileSync(join(root, 'bin', 'postgres'), 'the program');
  writeFileSync(join(root, 'lib', 'libpq.so'), 'a library');
  writeFileSync(join(root, 'lib', 'libpq.a'), 'for linking');
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

describe('the programs of the private PostgreSQL', () => {
  const copyOf = () => join(copies, 'postgresql-18.1');

  it('are used as npm installed them where that can be', () => {
    expect(usableBinaries({ root, version: '18.1' }, null, () => copies)).toBe(root);
    expect(readdirSync(copies)).toEqual([]);
  });

  it('are copied whole where their links are missing and cannot be made', () => {
    writeFileSync(join(root, 'pg-symlinks.json'), '[{ "source": "native/lib/libpq.so", "target": "native/nowhere/libpq.so.5" }]');
    expect(usableBinaries({ root, version: '18.1' }, null, () => copies)).toBe(copyOf());
    expect(readdirSync(copies)).toEqual(['postgresql-18.1']);
    expect(readdirSync(join(copyOf(), 'lib'))).toEqual(['libpq.so']);
  });

  it('are not taken away from a server that runs from a copy already, by one that has made its own meanwhile', () => {
    makeCopy(root, copyOf());
    const { ino } = statSync(copyOf());
    makeCopy(root, copyOf());
    expect(statSync(copyOf()).ino).toBe(ino);
    expect(readdirSync(copies)).toEqual(['postgresql-18.1']);
  });

  it('are copied again where a power cut has left empty files', () => {
    makeCopy(root, copyOf());
    writeFileSync(join(copyOf(), 'bin', 'postgres'), '');
    makeCopy(root, copyOf());
    expect(readFileSync(join(copyOf(), 'bin', 'postgres'), 'utf8')).toBe('the program');
    expect(readdirSync(copies)).toEqual(['postgresql-18.1']);
  });

  it('leave no draft of a server that was killed behind', () => {
    mkdirSync(`${copyOf()}.99999999.tmp`);
    makeCopy(root, copyOf());
    expect(existsSync(`${copyOf()}.99999999.tmp`)).toBe(false);
  });
});
