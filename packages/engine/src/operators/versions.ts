import semver from 'semver';

export type VersionOperator = 'semver_equals' | 'semver_greater_than' | 'semver_less_than' | 'semver_in_range';

const SEMANTIC_VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/;

/** A version as SemVer 2.0 has it: `1.2.3`, `1.2.3-beta.1+build`; no `v` before it, no white space, no number left out. */
export function isSemanticVersion(text: string): boolean {
  return text.length <= 256 && SEMANTIC_VERSION.test(text);
}

/** A version; `lenient`: also with a `v` before it and white space around it. */
function parseVersion(text: string, lenient: boolean): semver.SemVer | null {
  return lenient || isSemanticVersion(text) ? semver.parse(text) : null;
}

/** Whether the text can be an operand of the operator: a version, or for `semver_in_range` a range. */
export function isVersionOperand(operator: VersionOperator, text: string, lenient: boolean): boolean {
  if (operator !== 'semver_in_range') return parseVersion(text, lenient) !== null;
  return text.trim() !== '' && semver.validRange(text) !== null;
}

/** For a version: whether one of the operands holds of it. Null: the text is no version. */
export function versionTest(
  operator: VersionOperator,
  operands: readonly string[],
  lenient: boolean,
): (text: string) => boolean | null {
  const alternatives = operands.flatMap((operand) => comparatorSets(operator, operand));
  const slow = operands.map((operand) => exactTest(operator, operand));
  return (text) => {
    if (readPlainVersion(text)) {
      for (const alternative of alternatives) if (holdsOfPlain(alternative)) return true;
      return false;
    }
    const version = parseVersion(text, lenient);
    return version && slow.some((test) => test(version));
  };
}

/** All must hold. */
type ComparatorSet = readonly Comparator[];

interface Comparator {
  operator: '' | '=' | '>' | '>=' | '<' | '<=';
  major: number;
  minor: number;
  patch: number;
  prerelease: boolean;
}

function comparatorSets(operator: VersionOperator, operand: string): ComparatorSet[] {
  if (operator === 'semver_in_range') {
    return new semver.Range(operand).set.map((set) =>
      set
        .filter((comparator) => comparator.semver instanceof semver.SemVer)
        .map((comparator) => toComparator(comparator.operator, comparator.semver)),
    );
  }
  const sign = operator === 'semver_equals' ? '=' : operator === 'semver_greater_than' ? '>' : '<';
  return [[toComparator(sign, new semver.SemVer(operand))]];
}

function toComparator(operator: Comparator['operator'], { major, minor, patch, prerelease }: semver.SemVer): Comparator {
  return { operator, major, minor, patch, prerelease: prerelease.length > 0 };
}

function exactTest(operator: VersionOperator, operand: string): (version: semver.SemVer) => boolean {
  if (operator === 'semver_in_range') {
    const range = new semver.Range(operand);
    return (version) => range.test(version);
  }
  const wanted = new semver.SemVer(operand);
  if (operator === 'semver_equals') return (version) => version.compare(wanted) === 0;
  return operator === 'semver_greater_than' ? (version) => version.compare(wanted) > 0 : (version) => version.compare(wanted) < 0;
}

// the last plain version read: three numbers returned without an allocation, and not read again for the next flag
let lastText = '';
let lastPlain = false;
let major = 0;
let minor = 0;
let patch = 0;

/** Reads `1.22.333`, the usual case, where semver's own parser costs a dozen times as much. Anything else is left to that parser. */
function readPlainVersion(text: string): boolean {
  if (text !== lastText) {
    lastText = text;
    lastPlain = readNumbers(text);
  }
  return lastPlain;
}

function readNumbers(text: string): boolean {
  let part = 0;
  let number = -1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) {
      if (number === 0) return false;
      number = (number < 0 ? 0 : number * 10) + code - 48;
      if (number > 99_999_999) return false;
    } else if (code === 46 && number >= 0 && part < 2) {
      if (part === 0) major = number;
      else minor = number;
      part++;
      number = -1;
    } else return false;
  }
  patch = number;
  return part === 2 && number >= 0;
}

function holdsOfPlain(set: ComparatorSet): boolean {
  for (const comparator of set) if (!compares(comparator)) return false;
  return true;
}

function compares(comparator: Comparator): boolean {
  const order =
    major - comparator.major || minor - comparator.minor || patch - comparator.patch || (comparator.prerelease ? 1 : 0);
  switch (comparator.operator) {
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    default:
      return order === 0;
  }
}
