import { isPlainObject, pointerTo } from '../../json/values.js';
import { isSemanticVersion } from '../../operators/versions.js';
import type { JsonValue } from '../../types.js';
import type { Rewritten } from './legacy-fractional.js';

const SHORT = /^(?:0|[1-9]\d{0,14})(?:\.(?:0|[1-9]\d{0,14}))?$/;

/** The version as SemVer has it that flagd and the engine read the text as; undefined: it is one, or there is none. */
function completed(text: JsonValue | undefined): string | undefined {
  if (typeof text !== 'string' || isSemanticVersion(text)) return undefined;
  const bare = text.replace(/^[vV]/, '');
  if (isSemanticVersion(bare)) return bare;
  if (!SHORT.test(bare)) return undefined;
  return bare.includes('.') ? `${bare}.0` : `${bare}.0.0`;
}

/** Definitions in which `sem_ver` compares with whole versions: `"1"` is written out as `"1.0.0"`, which gives the same for every context. */
export function completedVersions(document: unknown): { definitions: unknown; rewritten: Rewritten[] } {
  const rewritten: Rewritten[] = [];
  if (!isPlainObject(document) || !JSON.stringify(document).includes('"sem_ver"')) return { definitions: document, rewritten };
  const { $evaluators: evaluators, flags } = document;
  const flag = (one: JsonValue, key: string, at: string): JsonValue =>
    isPlainObject(one) && one['targeting'] !== undefined
      ? { ...one, targeting: expression(one['targeting'], key, `${at}/targeting`, rewritten) }
      : one;
  const definitions: { [name: string]: JsonValue } = { ...document };
  if (isPlainObject(evaluators)) {
    const each = Object.entries(evaluators).map(([key, one]) => [
      key,
      expression(one, key, pointerTo('/$evaluators', key), rewritten),
    ]);
    definitions['$evaluators'] = Object.fromEntries(each) as JsonValue;
  }
  if (Array.isArray(flags)) {
    const keyOf = (one: JsonValue) => (isPlainObject(one) && typeof one['key'] === 'string' ? one['key'] : '');
    definitions['flags'] = flags.map((one, index) => flag(one, keyOf(one), pointerTo('/flags', index)));
  } else if (isPlainObject(flags)) {
    definitions['flags'] = Object.fromEntries(
      Object.entries(flags).map(([key, one]) => [key, flag(one, key, pointerTo('/flags', key))]),
    );
  }
  return { definitions, rewritten };
}

function expression(value: JsonValue, flag: string, at: string, rewritten: Rewritten[]): JsonValue {
  if (Array.isArray(value)) return value.map((one, index) => expression(one, flag, pointerTo(at, index), rewritten));
  if (!isPlainObject(value)) return value;
  const members = Object.entries(value).map(
    ([name, one]) => [name, expression(one, flag, pointerTo(at, name), rewritten)] as const,
  );
  const written = Object.fromEntries(members);
  const operands = written['sem_ver'];
  if (members.length !== 1 || !Array.isArray(operands)) return written;
  const whole = operands.map((operand, index) => (index === 1 ? operand : (completed(operand) ?? operand)));
  if (whole.every((operand, index) => operand === operands[index])) return written;
  const detail = 'a version has three numbers here and nothing before them: those that are missing are 0';
  rewritten.push({ flag, pointer: at, detail, expression: { sem_ver: whole } });
  return { sem_ver: whole };
}
