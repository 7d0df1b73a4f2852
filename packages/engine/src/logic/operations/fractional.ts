import { placeIn, splitHash, weightThresholds } from '../../buckets/buckets.js';
import { textOf } from '../program/coercion.js';
import { compileNode, isLiteral, nodesOf, type LogicOperator } from '../program/operands.js';
import { run } from '../program/program.js';

/**
 * flagd's split, in its second form: a key (or the flag's own and the targeting key) falls into one of the shares. What comes first is the key
 * when it is a text, else a share like the others. Null when there is no key, no share, or a share that cannot be read.
 */
export const fractional: LogicOperator = (operands, scope) => {
  const entries = Array.isArray(operands) ? operands : [operands];
  const [first = null] = entries;
  const key = Array.isArray(first) ? undefined : compileNode(first, scope);
  const others = key ? entries.slice(1) : entries;
  const fixed = isLiteral(others) ? splitOf(others) : undefined;
  const nodes = nodesOf(others, scope);
  return (data, context, now) => {
    const first = key?.(data, context, now);
    const isKey = typeof first === 'string';
    const text = isKey ? first : defaultKey(scope.flagKey, context.targetingKey);
    const values = () => nodes.map((node) => node(data, context, now));
    const split = key && !isKey ? splitOf([first, ...values()]) : fixed === undefined ? splitOf(values()) : fixed;
    if (text === undefined || split === null) return null;
    const place = HASH(text);
    const chosen = placeIn(split.thresholds, place);
    if (run.observer !== undefined) {
      run.observer.bucket({
        kind: 'fractional',
        entries: split.shares,
        key: text,
        place,
        bucket: bucketOf(place, split.total),
        chosen,
      });
    }
    return (split.shares[chosen] as Share).variant;
  };
};

const HASH = splitHash('flagd-v2', '');
const MAX_TOTAL_WEIGHT = 2 ** 31 - 1;

function defaultKey(flagKey: string, targetingKey: unknown): string | undefined {
  return targetingKey ? flagKey + textOf(targetingKey) : undefined;
}

interface Share {
  variant: string | number | boolean | null;
  weight: number;
}

interface FractionalSplit {
  shares: Share[];
  total: number;
  thresholds: number[];
}

function splitOf(entries: readonly unknown[]): FractionalSplit | null {
  const shares: Share[] = [];
  let total = 0;
  for (const entry of entries) {
    const share = shareOf(entry);
    if (!share) return null;
    shares.push(share);
    total += share.weight;
  }
  if (total === 0 || total > MAX_TOTAL_WEIGHT) return null;
  return { shares, total, thresholds: weightThresholds(shares.map(({ weight }) => weight)) };
}

/** Without a weight it is 1; a negative one, as a rollout may calculate it, is 0. */
function shareOf(entry: unknown): Share | null {
  if (!Array.isArray(entry) || entry.length === 0 || entry.length > 2) return null;
  const [variant, weight = 1] = entry as unknown[];
  if (typeof variant === 'object' && variant !== null) return null;
  if (!Number.isInteger(weight)) return null;
  return { variant: variant as Share['variant'], weight: Math.max(0, weight as number) };
}

function bucketOf(place: number, total: number): number {
  return Number((BigInt(place) * BigInt(total)) >> 32n);
}
