import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import semver from 'semver';
import { runs } from '../testing/runs.js';
import { isVersionOperand, versionTest } from './versions.js';

const part = fc.oneof(fc.nat(3), fc.constantFrom(10, 99999998, 99999999, 100000000));
const version = fc
  .tuple(
    part,
    part,
    part,
    fc.oneof({ weight: 3, arbitrary: fc.constant('') }, fc.constantFrom('-alpha', '-beta.1', '-0', '+build', 'v')),
  )
  .map(([major, minor, patch, more]) => (more === 'v' ? `v${major}.${minor}.${patch}` : `${major}.${minor}.${patch}${more}`));
const range = fc
  .tuple(
    fc.constantFrom('^', '~', '>=', '<', '<=', '>', '=', ''),
    version,
    fc.constantFrom('', ' <3', ' || 1.x', ' - 9.0.0', ' >=0.0.1-alpha'),
  )
  .map((parts) => parts.join(''))
  .filter((text) => semver.validRange(text) !== null);

function isLeftToSemver(text: string): boolean {
  const { parse } = semver;
  let left = false;
  Object.assign(semver, { parse: (...args: Parameters<typeof parse>) => ((left = true), parse(...args)) });
  try {
    versionTest('semver_equals', ['1.2.3'], true)(text);
  } finally {
    Object.assign(semver, { parse });
  }
  return left;
}

describe('versionTest', () => {
  it('compares as semver does, also where it reads plain versions by itself', () => {
    fc.assert(
      fc.property(version, version, range, (asked, operand, inRange) => {
        expect(versionTest('semver_equals', [operand], true)(asked)).toBe(semver.eq(asked, operand));
        expect(versionTest('semver_greater_than', [operand], true)(asked)).toBe(semver.gt(asked, operand));
        expect(versionTest('semver_less_than', [operand], true)(asked)).toBe(semver.lt(asked, operand));
        expect(versionTest('semver_in_range', [inRange], true)(asked)).toBe(semver.satisfies(asked, inRange));
      }),
      { numRuns: runs(1_000, 5_000) },
    );
  });

  it('compares as semver does all pairs of versions that differ by little or are long', () => {
    const versions = [
      '0.0.0', '0.0.1', '0.1.0', '1.0.0', '1.2.3', '1.2.4', '1.3.3', '2.2.3', '1.2.10', '1.10.2', '10.2.1', '9.9.9', '19.0.0', '1.90.8',
      '99999999.0.0', '100000000.0.0', '0.99999999.1', '0.100000000.1', '0.1.99999999', '0.1.100000000', '99999999.99999999.99999999',
      '1.2.3-0', '1.2.3-alpha', '1.2.3-alpha.1', '1.2.3+build.7', 'v1.2.3', ' 1.2.3 ',
    ]; // prettier-ignore
    const ranges = [
      '*', '1', '1.2', '1.2.x', '1.2.3', '=1.2.3', '<1.2.3', '<=1.2.3', '>1.2.3', '>=1.2.3', '^1.2.3', '~1.2.3', '^0.0.1', '^0.1.0', '1.2.3 - 1.3.3',
      '<1.2.3 || >1.2.3', '>1.2.3 <2.2.3', '>=1.2.3-alpha', '<1.2.3-alpha', '>1.2.3-0', '<=1.2.3-alpha', '=1.2.3-alpha', '>=0.99999999.1', '<0.0.0-0', '^1.2.3-alpha',
    ]; // prettier-ignore
    const all = (test: (version: string) => boolean | null) => versions.map((version) => [version, test(version)]);
    for (const wanted of versions) {
      expect([wanted, all(versionTest('semver_equals', [wanted], true))]).toEqual([wanted, all((one) => semver.eq(one, wanted))]);
      expect([wanted, all(versionTest('semver_greater_than', [wanted], true))]).toEqual([
        wanted,
        all((one) => semver.gt(one, wanted)),
      ]);
      expect([wanted, all(versionTest('semver_less_than', [wanted], true))]).toEqual([
        wanted,
        all((one) => semver.lt(one, wanted)),
      ]);
    }
    for (const wanted of ranges) {
      expect([wanted, all(versionTest('semver_in_range', [wanted], true))]).toEqual([
        wanted,
        all((one) => semver.satisfies(one, wanted)),
      ]);
    }
  });

  it.each<[string, string, boolean]>([
    ['1.2.0', '^1.2', true],
    ['1.9.9', '^1.2', true],
    ['2.0.0', '^1.2', false],
    ['1.1.9', '^1.2', false],
    ['1.2.9', '~1.2', true],
    ['1.3.0', '~1.2', false],
    ['1.0.0', '>=1 <2', true],
    ['2.0.0', '>=1 <2', false],
    ['0.9.9', '>=1 <2', false],
    ['1.2.3', '*', true],
    ['1.2.3-beta', '^1.2', false],
    ['1.2.3-beta', '>=1.2.3-alpha', true],
  ])('says of %s in %s: %s', (asked, operand, holds) =>
    expect(versionTest('semver_in_range', [operand], true)(asked)).toBe(holds),
  );

  it('holds when one of several operands does', () => {
    const test = versionTest('semver_equals', ['1.0.0', '2.0.0-rc.1'], true);
    expect(['1.0.0', '2.0.0-rc.1', '2.0.0', '1.0.1'].map(test)).toEqual([true, true, false, false]);
  });

  it('says nothing of text that is no version', () => {
    const test = versionTest('semver_greater_than', ['0.0.0'], true);
    expect(
      ['', '1', '1.2', '1.2.3.4', '01.2.3', '1.2.3-', '1..3', '.1.2', 'a.b.c', '1.2.x', '99999999999999999999.0.0'].map(test),
    ).toEqual(Array(11).fill(null));
  });

  it.each([
    '0.0.0', '1.22.333', '10.20.30', '0.9.0', '9.0.9', '0.0.10', '12345678.0.1', '99999999.99999999.99999999',
  ])('reads %s without the parser of semver, which is slow', (text) => {
    expect(isLeftToSemver(text)).toBe(false);
  }); // prettier-ignore

  it.each([
    '', '1', '1.2', '1.2.', '1..3', '.2.3', '..', '1.2.3.', '1.2.3.4', '01.2.3', '1.02.3', '1.2.03', '00.0.0', '100000000.0.0', '0.0.100000000', '1.2.3-a', '1.2.3+b',
    'v1.2.3', ' 1.2.3', '1.2.3 ', '1.2.x', '1.2.:', '1.2./', '1/2/3', '1-2-3',
  ])('leaves %j to the parser of semver', (text) => {
    expect(isLeftToSemver(text)).toBe(true);
  }); // prettier-ignore

  it('reads the next version anew, and the same one with the same outcome', () => {
    const test = versionTest('semver_equals', ['1.2.3'], true);
    expect(['1.2.3', '1.2.3', '1.2.4', '1.2.4', '1.2.x', '1.2.x', '1.2.3'].map(test)).toEqual([
      true, true, false, false, null, null, true,
    ]); // prettier-ignore
  });

  it('tells operands from other text', () => {
    expect(['1.2.3', '1.2.3-rc.1', 'v1.2.3'].every((text) => isVersionOperand('semver_equals', text, true))).toBe(true);
    expect(['', '1.2', '^1.2.3', 'latest'].some((text) => isVersionOperand('semver_less_than', text, true))).toBe(false);
    expect(['^1.2', '1.x || >=2.5', '*'].every((text) => isVersionOperand('semver_in_range', text, false))).toBe(true);
    expect(['', ' ', 'latest', '>>1', '1.2.3.4'].some((text) => isVersionOperand('semver_in_range', text, false))).toBe(false);
  });

  it('reads versions strictly as SemVer 2.0 has them, unless it is to be lenient', () => {
    const asked = ['2.0.0', '2.0.0+build', 'v2.0.0', ' 2.0.0', '2.0.0 ', '=2.0.0', 'V2.0.0', '2.0', '2', '02.0.0'];
    expect(asked.map(versionTest('semver_equals', ['2.0.0'], false))).toEqual([true, true, ...Array<null>(8).fill(null)]);
    expect(asked.map(versionTest('semver_in_range', ['^2.0'], false))).toEqual([true, true, ...Array<null>(8).fill(null)]);
    expect(asked.map(versionTest('semver_equals', ['2.0.0'], true))).toEqual([
      ...Array<boolean>(5).fill(true),
      ...Array<null>(5).fill(null),
    ]);
    expect(asked.map((text) => isVersionOperand('semver_equals', text, false))).toEqual([
      true,
      true,
      ...Array<boolean>(8).fill(false),
    ]);
    expect(isVersionOperand('semver_equals', 'v1.2.3', true)).toBe(true);
  });
});
