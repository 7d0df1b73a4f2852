import { ownContext } from '../../conditions/attributes.js';
import { compileConditions } from '../../conditions/compile-conditions.js';
import type { State } from '../../state/state.js';
import type { Environment, Evaluation, EvaluationContext, Variant, WeightedVariant } from '../../types.js';
import { naiveResolve } from './naive-resolver.js';

/**
 * Section 3 of the semantics once more, told differently: rows are resolved at each call, buckets are counted in BigInt over encoded bytes,
 * and nothing is prepared. Conditions alone are the engine's own; they have tests of their own.
 */
export function naiveEvaluate(
  state: State,
  environment: Environment,
  key: string,
  context: EvaluationContext,
  now: number,
): Evaluation {
  const flag = [...state.flags.values()].find((one) => one.key === key && one.archivedAt === null);
  if (!flag) return { ok: false, reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND', errorDetails: `there is no flag "${key}"` };
  const { fields } = naiveResolve(state, environment, flag);
  const variants = fields.variants.value;
  const answer = (reason: 'STATIC' | 'DEFAULT' | 'TARGETING_MATCH' | 'SPLIT' | 'DISABLED', variant: string | null): Evaluation =>
    variant === null
      ? { ok: true, reason }
      : { ok: true, reason, variant, value: variants.find((one) => one.key === variant)!.value };
  const off = fields.offVariant.value;
  const satisfied = flag.prerequisites.every((prerequisite) => {
    const served = naiveEvaluate(state, environment, prerequisite.flag, context, now);
    return served.ok && prerequisite.variants.includes(served.variant as string);
  });
  if (!satisfied || !fields.enabled.value) return answer('DISABLED', off);

  const salt = flag.salt ?? flag.key;
  const member = (path: string) => readNaively(context, path);
  for (const rule of fields.rules.value) {
    if (rule.enabled === false) continue;
    if ('targeting' in rule)
      throw new Error('expressions are not evaluated naively: flagd-core itself is the one to compare them with');
    if (
      !compileConditions(rule.conditions ?? [], state.segments).test.holds(
        ownContext(context),
        Math.abs(now) <= 8.64e15 ? now : NaN,
        undefined,
      )
    )
      continue;
    const bucketBy = ('split' in rule.serve && rule.serve.bucketBy) || 'targetingKey';
    const gate = admits(rule.percentage ?? 100, `${salt}:gate:`, member(bucketBy));
    if (gate === 'no key' && flag.onMissingKey === 'error') return missing(bucketBy);
    if (gate !== true) continue;
    if ('variant' in rule.serve) return answer('TARGETING_MATCH', rule.serve.variant);
    const chosen = choose(rule.serve.split, salt, member(bucketBy));
    if (chosen !== 'no key') return answer('SPLIT', chosen);
    return flag.onMissingKey === 'error' ? missing(bucketBy) : answer('DEFAULT', off);
  }
  const percentage = fields.percentage.value;
  const gate = admits(percentage, `${salt}:gate:`, member('targetingKey'));
  if (gate === 'no key' && flag.onMissingKey === 'error') return missing('targetingKey');
  const settled = percentage > 0 && percentage < 100 ? 'SPLIT' : fields.rules.value.length > 0 ? 'DEFAULT' : 'STATIC';
  if (gate !== true) return answer(settled, off);
  if (variants.every((variant) => variant.weight === undefined)) return answer(settled, fields.defaultVariant.value);
  const chosen = choose(weighted(variants), salt, member('targetingKey'));
  if (chosen !== 'no key') return answer('SPLIT', chosen);
  return flag.onMissingKey === 'error' ? missing('targetingKey') : answer('DEFAULT', off);
}

function missing(bucketBy: string): Evaluation {
  const what = bucketBy === 'targetingKey' ? 'a targeting key' : `the attribute "${bucketBy}"`;
  const errorDetails = `the flag serves by bucket: the context needs ${what}`;
  return { ok: false, reason: 'ERROR', errorCode: 'TARGETING_KEY_MISSING', errorDetails };
}

function weighted(variants: Variant[]): WeightedVariant[] {
  return variants.map(({ key, weight }) => ({ variant: key, weight: weight ?? 0 }));
}

function admits(percentage: number, salt: string, key: unknown): boolean | 'no key' {
  if (percentage === 0 || percentage === 100) return percentage === 100;
  const inside = Math.round(percentage * 1000);
  const chosen = choose(
    [
      { variant: 'in', weight: inside },
      { variant: 'out', weight: 100_000 - inside },
    ],
    salt,
    key,
  );
  return chosen === 'no key' ? chosen : chosen === 'in';
}

function choose(split: WeightedVariant[], salt: string, value: unknown): string {
  const usable =
    (typeof value === 'string' && value !== '') || typeof value === 'boolean' || (typeof value === 'number' && isFinite(value));
  if (!usable) return 'no key';
  const parts = split.map(({ weight }) => (typeof weight === 'number' ? BigInt(weight) : thousandths(weight)));
  const total = parts.reduce((sum, part) => sum + part, 0n);
  let bucket = (naiveMurmur3(Buffer.from(salt + String(value), 'utf8')) * total) >> 32n;
  return split.find((_, i) => (bucket -= parts[i]!) < 0n)!.variant;
}

/** Digit by digit: `33.3 %` is 33300. */
function thousandths(percentage: string): bigint {
  const [whole, decimals = ''] = percentage.replace(/ ?%/, '').split('.');
  return BigInt(`${whole}${decimals.padEnd(3, '0')}`);
}

/** The published algorithm, block by block, in BigInt. */
export function naiveMurmur3(bytes: Uint8Array): bigint {
  const mask = 0xffffffffn;
  const rotate = (x: bigint, by: bigint) => ((x << by) | (x >> (32n - by))) & mask;
  const scramble = (k: bigint) => (rotate((k * 0xcc9e2d51n) & mask, 15n) * 0x1b873593n) & mask;
  let h = 0n;
  for (let at = 0; at < bytes.length; at += 4) {
    h ^= scramble(bytes.slice(at, at + 4).reduceRight((k, byte) => (k << 8n) | BigInt(byte), 0n));
    if (at + 4 <= bytes.length) h = (rotate(h, 13n) * 5n + 0xe6546b64n) & mask;
  }
  h ^= BigInt(bytes.length);
  h = ((h ^ (h >> 16n)) * 0x85ebca6bn) & mask;
  h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) & mask;
  return h ^ (h >> 16n);
}

function readNaively(context: EvaluationContext, path: string): unknown {
  const own = (value: unknown, name: string) =>
    Object.prototype.hasOwnProperty.call(value, name) ? (value as { [n: string]: unknown })[name] : undefined;
  const literal = own(context, path);
  if (literal !== undefined || !path.includes('.')) return literal;
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? own(value, name) : undefined),
      context,
    );
}
