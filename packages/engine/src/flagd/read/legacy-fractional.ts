import { isPlainObject, pointerTo } from '../../json/values.js';
import type { Defect, JsonObject, JsonValue } from '../../types.js';

/** An expression that is stored in other words, which mean the same today. */
export interface Rewritten {
  flag: string;
  pointer: string;
  detail: string;
  /** What to write instead. */
  expression: JsonValue;
}

export const LEGACY = 'fractionalEvaluation';

export interface Modernised {
  targeting: JsonValue;
  rewritten: Rewritten[];
  defects: Defect[];
}

/**
 * Targeting with `fractionalEvaluation`, which flagd had before `fractional`, in the words of today, as those who wrote it meant it. A
 * `fractional` of which only the truth counts is refused: it is true for everybody.
 */
export function modernised(targeting: JsonValue, flag: string, pointer: string): Modernised {
  const reader = new LegacyReader(flag);
  return { targeting: reader.expression(targeting, pointer, null), rewritten: reader.rewritten, defects: reader.defects };
}

/** Definitions in which every flag's targeting is modern; `alwaysTrue` by the key of the flag. */
export function modernDefinitions(document: unknown): {
  definitions: unknown;
  rewritten: Rewritten[];
  defects: Defect[];
  alwaysTrue: Map<string, Defect[]>;
} {
  const told = { rewritten: [] as Rewritten[], defects: [] as Defect[], alwaysTrue: new Map<string, Defect[]>() };
  const flags = isPlainObject(document) ? document['flags'] : undefined;
  if (!isPlainObject(document) || typeof flags !== 'object' || flags === null) return { definitions: document, ...told };
  const modern = (flag: JsonValue, key: string, at: string): JsonValue => {
    if (!isPlainObject(flag) || flag['targeting'] === undefined || !JSON.stringify(flag['targeting']).includes('"fractional'))
      return flag;
    const { targeting, rewritten, defects } = modernised(flag['targeting'], key, `${at}/targeting`);
    told.rewritten.push(...rewritten);
    told.defects.push(...defects.filter(({ code }) => code !== 'always-true'));
    told.alwaysTrue.set(
      key,
      defects.filter(({ code }) => code === 'always-true'),
    );
    return rewritten.length > 0 ? { ...flag, targeting } : flag;
  };
  const all = Array.isArray(flags)
    ? flags.map((flag, index) => modern(flag, isPlainObject(flag) ? (flag['key'] as string) : '', pointerTo('/flags', index)))
    : Object.fromEntries(Object.entries(flags).map(([key, flag]) => [key, modern(flag, key, pointerTo('/flags', key))]));
  return { definitions: { ...document, flags: all }, ...told };
}

/** `served`: where only the truth counts, the variant that is served then, if it is known; null: the value counts. */
type Truth = { served: string | undefined } | null;

class LegacyReader {
  readonly rewritten: Rewritten[] = [];
  readonly defects: Defect[] = [];

  constructor(private readonly flag: string) {}

  expression(value: JsonValue, at: string, truth: Truth): JsonValue {
    if (Array.isArray(value)) return value.map((item, index) => this.expression(item, pointerTo(at, index), null));
    if (!isPlainObject(value)) return value;
    const [operator] = Object.keys(value);
    if (operator === undefined || Object.keys(value).length > 1) return value;
    const operands = value[operator] as JsonValue;
    const there = pointerTo(at, operator);
    if (operator === LEGACY) return this.legacy(operands, there, truth);
    if (operator === 'fractional' && truth) this.refuseTruth(value, there, truth);
    if (!Array.isArray(operands)) return { [operator]: this.expression(operands, there, operator === '!' ? NO_VARIANT : null) };
    return {
      [operator]: operands.map((one, index) =>
        this.expression(one, pointerTo(there, index), truthOf(operator, operands, index, truth)),
      ),
    };
  }

  private legacy(operands: JsonValue, at: string, truth: Truth): JsonValue {
    const list = Array.isArray(operands) ? operands : [operands];
    const [first] = list;
    const attribute = typeof first === 'string' && first !== this.flag ? first : undefined;
    const rest = typeof first === 'string' ? list.slice(1) : list;
    const [nested] = rest;
    const pairs = rest.length === 1 && Array.isArray(nested) && nested.every((one) => Array.isArray(one)) ? nested : rest;
    if (!this.arePairs(pairs, at)) return { [LEGACY]: operands };
    const shares = attribute === undefined ? pairs : [{ var: attribute }, ...pairs];
    const split: JsonValue = { fractional: shares };
    const wanted = truth?.served ?? (pairs[0] as JsonValue[])[0] ?? null;
    const meant: JsonValue = truth ? { '===': [split, wanted] } : split;
    const expression: JsonValue =
      attribute === undefined ? meant : { if: [{ '!!': [{ var: attribute }] }, meant, truth ? false : null] };
    const detail = [
      `"${LEGACY}" is read as "fractional"`,
      ...(first === this.flag ? ['without the key of the flag, by which nobody could be told from another'] : []),
      ...(truth ? [`and asked for "${wanted as string}", since of itself it would be true for everybody`] : []),
      'old flagd put users into other buckets, so that nobody keeps their place',
    ].join('; ');
    this.rewritten.push({ flag: this.flag, pointer: at, detail, expression });
    return expression;
  }

  private arePairs(pairs: readonly JsonValue[], at: string): boolean {
    const weights = pairs.map((pair) =>
      Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string' ? pair[1] : undefined,
    );
    const sound =
      weights.length > 0 && weights.every((weight) => typeof weight === 'number' && Number.isInteger(weight) && weight >= 0);
    const total = weights.reduce((sum: number, weight) => sum + (weight as number), 0);
    if (sound && total === 100) return true;
    const detail = `"${LEGACY}" takes pairs of a variant and a weight: whole numbers that are 100 together${sound ? `, not ${total}` : ''}.`;
    this.defects.push({ pointer: at, code: 'bad-operands', detail });
    return false;
  }

  private refuseTruth(split: JsonObject, at: string, { served }: { served: string | undefined }): void {
    const pairs = (Array.isArray(split['fractional']) ? split['fractional'] : []).filter((one) => Array.isArray(one));
    // among `false` and other values that are not true the split decides
    if (!pairs.every(([value]) => typeof value !== 'object' && Boolean(value))) return;
    const wanted = served ?? pairs[0]?.[0] ?? 'on';
    const instead = JSON.stringify({ '===': [split, wanted] }).slice(0, 500);
    const detail = `Any variant is true, so that this holds for everybody who has a key: write ${instead}.`;
    this.defects.push({ pointer: at, code: 'always-true', detail });
  }
}

const NO_VARIANT = { served: undefined };

/** Whether of an operand only the truth counts. */
function truthOf(operator: string, operands: readonly JsonValue[], index: number, truth: Truth): Truth {
  if (operator === '!' || operator === '!!') return NO_VARIANT;
  if (operator === 'and' || operator === 'or') return index < operands.length - 1 || truth ? (truth ?? NO_VARIANT) : null;
  if (operator !== 'if') return null;
  const isCondition = index % 2 === 0 && index < operands.length - 1;
  if (!isCondition) return truth;
  const served = operands[index + 1];
  return { served: typeof served === 'string' ? served : undefined };
}
