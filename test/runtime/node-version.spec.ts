import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { satisfies } from 'semver';

interface NodeVersion {
  SUPPORTED: string;
  isSupported: (version: string) => boolean;
}

const script: string = '../../scripts/setup/node-version.mjs';
const { isSupported, SUPPORTED } = (await import(script)) as NodeVersion;
const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };

it('runs with exactly the Nodes that package.json names', () => {
  const minors = Array.from({ length: 30 }, (_, minor) => minor);
  const versions = minors.flatMap((major) => minors.flatMap((minor) => [`${major}.${minor}.0`, `${major}.${minor}.7`]));
  expect(versions.filter(isSupported)).toEqual(versions.filter((version) => satisfies(version, engines.node)));
  expect(versions.filter(isSupported).length).toBeGreaterThan(100);
});

it.each(['README.md', 'CONTRIBUTING.md', 'docs/tutorial/first-flag.md'])('says the same in %s', (page) => {
  expect(readFileSync(page, 'utf8').replace(/\s+/g, ' ')).toContain(`You need ${SUPPORTED}`);
});
