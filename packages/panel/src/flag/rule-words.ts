import type { Flag } from '@flagtree/api';

type Rule = Flag['rules'][number];

/** A rule as one sentence: what it asks, and what it gives. */
export function ruleInWords(rule: Rule): string {
  const { name, enabled, conditions, percentage, serve, targeting } = rule as Rule & {
    conditions?: unknown[];
    percentage?: number;
    serve?: { variant?: string; split?: { variant: string; weight: number | string }[] };
    targeting?: unknown;
  };
  const label = name === undefined ? '' : `${name}: `;
  const paused = enabled === false ? ' (paused)' : '';
  if (targeting !== undefined) return `${label}a targeting expression names the variant${paused}`;
  const asked = (conditions ?? []).map(conditionInWords).join(' and ');
  const gate = percentage === undefined || percentage === 100 ? '' : ` for ${String(percentage)} %`;
  return `${label}${asked === '' ? 'everybody' : `if ${asked}`}${gate} → ${servedBy(serve)}${paused}`;
}

function servedBy(serve: { variant?: string; split?: { variant: string; weight: number | string }[] } | undefined): string {
  if (serve?.split) return serve.split.map(({ variant, weight }) => `${String(weight)} ${variant}`).join(', ');
  return serve?.variant ?? '?';
}

function conditionInWords(condition: unknown): string {
  if (typeof condition !== 'object' || condition === null) return '?';
  const { attribute, operator, values, negate, segment, all, any, not } = condition as {
    attribute?: string;
    operator?: string;
    values?: unknown[];
    negate?: boolean;
    segment?: string;
    all?: unknown[];
    any?: unknown[];
    not?: unknown;
  };
  if (segment !== undefined) return `in segment ${segment}`;
  if (all) return `(${all.map(conditionInWords).join(' and ')})`;
  if (any) return `(${any.map(conditionInWords).join(' or ')})`;
  if (not !== undefined) return `not ${conditionInWords(not)}`;
  if (attribute === undefined || operator === undefined) return 'an expression holds';
  const wanted = (values ?? []).map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(', ');
  return `${negate ? 'not ' : ''}${attribute} ${operator.replaceAll('_', ' ')}${wanted === '' ? '' : ` ${wanted}`}`;
}
