import { type ConditionWriter, conditionsExpression } from './condition-expressions.js';
import { expressionForFlagd } from './expression-for-flagd.js';
import { type FlagdFlag, Inexpressible } from '../flagd-document.js';
import { and, attribute, type FlagdExpression, isBucketKeyElement, isOperation, not } from './value-expressions.js';
import { weightOf } from '../../buckets/weights.js';
import type { RuleProgram } from '../../compile/program.js';
import type { CompiledFlag } from '../../compile/snapshot.js';
import type { ConditionsRule, JsonValue, Serve, TargetingRule, Variant } from '../../types.js';

/** What flagd's `if` goes through: a condition and what is served then. */
type Choice = readonly [condition: FlagdExpression, result: FlagdExpression];

/** A resolved flag as flagd evaluates it to the same value. @throws {Inexpressible} */
export function flagExpression({ key, resolved, program }: CompiledFlag, writer: ConditionWriter): FlagdFlag {
  const { flag, fields } = resolved;
  const variants = Object.fromEntries(fields.variants.value.map((variant) => [variant.key, variant.value]));
  assertVariants(variants);
  if (flag.prerequisites.length > 0) throw new Inexpressible('flagd knows no prerequisites');
  const [off, inside] = [fields.offVariant.value, fields.defaultVariant.value];
  if (fields.enabled.value) {
    const made = served(flag.salt ?? key, fields, program, writer);
    if (flag.onMissingKey === 'off' && asksForKey(program)) writer.inexact(OFF_WITHOUT_KEY);
    return { state: 'ENABLED', variants, ...made };
  }
  // what serves its off variant is never disabled for flagd
  if (off !== null) return { state: 'ENABLED', variants, defaultVariant: off };
  try {
    const unheard = { ...writer, inexact: () => undefined };
    return { state: 'DISABLED', variants, ...served(flag.salt ?? key, fields, program, unheard) };
  } catch (error) {
    // nobody is served by it, so that nothing is lost of what flagd answers
    if (error instanceof Inexpressible) return { state: 'DISABLED', variants, defaultVariant: inside };
    throw error;
  }
}

const OFF_WITHOUT_KEY = 'flagd has no onMissingKey: a context without the key of a bucket is off here, and an error there';

function asksForKey({ rules, gate, fallback }: CompiledFlag['program']): boolean {
  if (gate?.needsBucket || fallback.split !== null) return true;
  return rules.some((rule) => rule.enabled && (rule.gate?.needsBucket || rule.serving.split !== null));
}

/** What an enabled flag serves. @throws {Inexpressible} */
function served(
  salt: string,
  fields: CompiledFlag['resolved']['fields'],
  program: CompiledFlag['program'],
  writer: ConditionWriter,
): Pick<FlagdFlag, 'defaultVariant' | 'targeting'> {
  const [off, inside] = [fields.offVariant.value, fields.defaultVariant.value];
  const serving = new FlagdServing(salt, errorVariant(fields.variants.value), writer);
  const choices = program.rules.filter(({ enabled }) => enabled).flatMap((rule) => serving.rule(rule));
  const percentage = fields.percentage.value;
  const weighted = fields.variants.value.filter((variant) => variant.weight !== undefined);
  const split: Serve = { split: weighted.map(({ key: variant, weight = 0 }) => ({ variant, weight })) };
  if (percentage > 0 && (percentage < 100 || weighted.length > 0)) {
    const inGate = weighted.length > 0 ? serving.split(split) : inside;
    choices.push([serving.keyMissing(), serving.error]);
    if (percentage === 100) choices.push([true, inGate]);
    else choices.push([serving.gate(percentage), inGate], [true, off]);
    return { defaultVariant: null, targeting: chosenFrom(choices) };
  }
  const defaultVariant = percentage === 0 ? off : inside;
  return fields.rules.value.length === 0 ? { defaultVariant } : { defaultVariant, targeting: chosenFrom(choices) };
}

/** What flagd answers when there is none to name: it has no error of that kind. */
function errorVariant(variants: readonly Variant[]): string {
  let name = 'TARGETING_KEY_MISSING';
  while (variants.some(({ key }) => key === name)) name += '_';
  return name;
}

/** Where no choice holds flagd's default applies, as for null, unless the last one holds always. */
function chosenFrom(choices: readonly Choice[]): FlagdExpression {
  const last = choices.at(-1);
  const always = last && (last[0] === true || isOwnWord(last)) ? last : undefined;
  const others = (always ? choices.slice(0, -1) : choices).flat();
  const otherwise = always ? always[1] : null;
  // put into words that stay as they are when they come back
  const chosen = expressionForFlagd(others.length > 0 ? { if: [...others, otherwise] } : otherwise);
  return isOperation(chosen) ? chosen : { if: [false, null, chosen] };
}

/** An expression that says itself whether it has a word: null is what nobody else says then, too. */
function ownWord(expression: FlagdExpression): Choice {
  return [{ '!==': [expression, null] }, expression];
}

function isOwnWord([condition, result]: Choice): boolean {
  return isOperation(condition) && Array.isArray(condition['!==']) && condition['!=='][0] === result && isOperation(result);
}

class FlagdServing {
  constructor(
    private readonly salt: string,
    readonly error: string,
    private readonly writer: ConditionWriter,
  ) {}

  rule({ rule, fallible }: RuleProgram): Choice[] {
    if ('targeting' in rule) return this.targeting(rule);
    const { serve, percentage = 100 } = rule;
    if (percentage === 0 && !fallible) return [];
    const conditions = this.conditions(rule);
    // it lets nobody in, but its conditions can end the evaluation
    if (percentage === 0) return [[and(...conditions, false), null]];
    const isSplit = 'split' in serve;
    const bucketBy = isSplit ? serve.bucketBy : undefined;
    const choices: Choice[] = [];
    if (percentage < 100 || isSplit) choices.push([and(...conditions, this.keyMissing(bucketBy)), this.error]);
    const gate = percentage < 100 ? [this.gate(percentage, bucketBy)] : [];
    choices.push([and(...conditions, ...gate), isSplit ? this.split(serve) : serve.variant]);
    return choices;
  }

  keyMissing(bucketBy = 'targetingKey'): FlagdExpression {
    return not({ some: [[attribute(bucketBy)], isBucketKeyElement] });
  }

  gate(percentage: number, bucketBy?: string): FlagdExpression {
    const inside = Math.round(percentage * 1000);
    return { '===': [{ fractional: [this.bucket(':gate:', bucketBy), ['in', inside], ['out', 100_000 - inside]] }, 'in'] };
  }

  split(serve: Serve): FlagdExpression {
    if (!('split' in serve)) return serve.variant;
    return {
      fractional: [this.bucket('', serve.bucketBy), ...serve.split.map(({ variant, weight }) => [variant, weightOf(weight)])],
    };
  }

  private bucket(purpose: string, bucketBy = 'targetingKey'): FlagdExpression {
    return { cat: [this.salt + purpose, attribute(bucketBy)] };
  }

  private targeting({ id, targeting }: TargetingRule): Choice[] {
    if (!isOperation(targeting)) return [];
    const expression = ofRule(id, () => expressionForFlagd(targeting));
    return [ownWord(expression)];
  }

  private conditions({ id, conditions = [] }: ConditionsRule): FlagdExpression[] {
    if (conditions.length === 0) return [];
    const inexact = (detail: string) => this.writer.inexact(`rule "${id}": ${detail}`);
    return [ofRule(id, () => conditionsExpression(conditions, { ...bound(this.writer), inexact }))];
  }
}

function ofRule(id: string, express: () => FlagdExpression): FlagdExpression {
  try {
    return express();
  } catch (error) {
    if (error instanceof Inexpressible) throw new Inexpressible(`rule "${id}": ${error.message}`);
    throw error;
  }
}

function bound(writer: ConditionWriter): Pick<ConditionWriter, 'segment'> {
  return { segment: (key) => writer.segment(key) };
}

function assertVariants(variants: Record<string, JsonValue>): void {
  const values = Object.values(variants);
  if (values.length === 0) throw new Inexpressible('flagd wants at least one variant');
  const kinds = new Set(values.map((value) => (value === null || Array.isArray(value) ? 'other' : typeof value)));
  if (kinds.size > 1 || kinds.has('other'))
    throw new Inexpressible('flagd wants variants of one kind: truths, texts, numbers or objects');
  if (JSON.stringify(values).includes('{"$ref":"')) throw new Inexpressible('flagd takes "$ref" in a value for a reference');
  if (Object.hasOwn(variants, '__proto__')) throw new Inexpressible('flagd cannot have a variant of that name');
}
