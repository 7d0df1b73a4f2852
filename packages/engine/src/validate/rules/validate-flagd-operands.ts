import { isPlainObject, show } from '../../json/values.js';
import { VERSION_RELATIONS } from '../../logic/operations/custom.js';
import { isSemanticVersion } from '../../operators/versions.js';
import type { JsonValue } from '../../types.js';

/** What flagd's targeting schema has against the operands of an operator; `path` leads to the one that is meant. */
export interface OperandComplaint {
  path: readonly number[];
  detail: string;
}

/** Asks of operands what flagd's schema asks; the operands of operators inside them are asked on their own. */
export function flagdComplaint(operator: string, operands: JsonValue): OperandComplaint | undefined {
  const special = SPECIAL[operator];
  if (special) return special(operands);
  const count = COUNTS[operator];
  return count && countComplaint(operator, operands, ...count);
}

const COUNTS: { readonly [operator: string]: readonly [least: number, most: number] } = {
  if: [1, Infinity], or: [1, Infinity], and: [1, Infinity], '+': [1, Infinity], '-': [1, Infinity], max: [1, Infinity], min: [1, Infinity],
  merge: [1, Infinity], cat: [1, Infinity], '*': [2, Infinity], '<': [2, 3], '<=': [2, 3], substr: [2, 3], '>': [2, 2], '>=': [2, 2],
  '==': [2, 2], '===': [2, 2], '!=': [2, 2], '!==': [2, 2], '%': [2, 2], '/': [2, 2], in: [2, 2], map: [2, 2], filter: [2, 2], all: [2, 2],
  none: [2, 2], some: [2, 2], reduce: [3, 3],
}; // prettier-ignore

const SPECIAL: { readonly [operator: string]: ((operands: JsonValue) => OperandComplaint | undefined) | undefined } = {
  var: (operands) => {
    const path = Array.isArray(operands) ? operands[0] : operands;
    if (Array.isArray(operands)) {
      if (typeof path !== 'string') return { path: [0], detail: '"var" in a list begins with the path of an attribute' };
      const at = operands.findIndex((operand) => typeof operand === 'object' && operand !== null);
      return at > 0 ? { path: [at], detail: 'the default of "var" is a plain value' } : undefined;
    }
    const foreign = typeof path === 'string' && path.startsWith('$flagd.') && !FLAGD_VARIABLES.includes(path);
    return foreign ? { path: [], detail: `flagd has ${FLAGD_VARIABLES.join(' and ')}, not ${show(path)}` } : undefined;
  },

  missing: (operands) =>
    areTexts(operands) ? undefined : { path: [], detail: '"missing" takes a list of the paths of attributes' },

  missing_some: (operands) => {
    const wrong = countComplaint('missing_some', operands, 2, 2);
    if (wrong || !Array.isArray(operands)) return wrong;
    if (typeof operands[0] !== 'number') return { path: [0], detail: '"missing_some" begins with how many it needs' };
    return areTexts(operands[1])
      ? undefined
      : { path: [1], detail: '"missing_some" ends with a list of the paths of attributes' };
  },

  starts_with: (operands) => textsComplaint('starts_with', operands),
  ends_with: (operands) => textsComplaint('ends_with', operands),

  sem_ver: (operands) => {
    const wrong = countComplaint('sem_ver', operands, 3, 3);
    if (wrong || !Array.isArray(operands)) return wrong;
    for (const index of [0, 2]) {
      const detail = `"sem_ver" compares versions such as "1.2.3" or a "var", not ${show(operands[index])}`;
      if (!isVersionOrVariable(operands[index])) return { path: [index], detail };
    }
    const known = (VERSION_RELATIONS as readonly JsonValue[]).includes(operands[1] as JsonValue);
    return known ? undefined : { path: [1], detail: `"sem_ver" knows ${VERSION_RELATIONS.join(' ')}, not ${show(operands[1])}` };
  },

  fractional: (operands) => {
    const wrong = countComplaint('fractional', operands, 1, Infinity);
    if (wrong || !Array.isArray(operands)) return wrong;
    const begin = isPlainObject(operands[0]) ? 1 : 0;
    for (let i = begin; i < operands.length; i++) {
      const detail = shareComplaint(operands[i] as JsonValue);
      if (detail !== undefined) return { path: [i], detail };
    }
    return undefined;
  },
};

const FLAGD_VARIABLES: readonly string[] = ['$flagd.flagKey', '$flagd.timestamp'];

function isVersionOrVariable(operand: JsonValue | undefined): boolean {
  return typeof operand === 'string' ? isSemanticVersion(operand) : isPlainObject(operand) && Object.hasOwn(operand, 'var');
}

function shareComplaint(share: JsonValue): string | undefined {
  if (!Array.isArray(share) || share.length < 1 || share.length > 2) {
    return `"fractional" takes lists of a variant and a weight, not ${show(share)}`;
  }
  const [, weight] = share;
  const fits = weight === undefined || isPlainObject(weight) || (Number.isInteger(weight) && (weight as number) >= 0);
  return fits ? undefined : `a weight is a whole number from 0 on, or an expression, not ${show(weight)}`;
}

function textsComplaint(operator: string, operands: JsonValue): OperandComplaint | undefined {
  const wrong = countComplaint(operator, operands, 2, 2);
  if (wrong || !Array.isArray(operands)) return wrong;
  const at = operands.findIndex((operand) => typeof operand !== 'string' && !isPlainObject(operand));
  return at < 0 ? undefined : { path: [at], detail: `"${operator}" compares texts, not ${show(operands[at])}` };
}

function countComplaint(operator: string, operands: JsonValue, least: number, most: number): OperandComplaint | undefined {
  if (!Array.isArray(operands)) return { path: [], detail: `"${operator}" takes its operands in a list` };
  if (operands.length >= least && operands.length <= most) return undefined;
  const wanted = least === most ? String(least) : most === Infinity ? `at least ${least}` : `${least} to ${most}`;
  return { path: [], detail: `"${operator}" takes ${wanted} operands, not ${operands.length}` };
}

function areTexts(operands: JsonValue | undefined): boolean {
  return Array.isArray(operands) && operands.every((operand) => typeof operand === 'string');
}
