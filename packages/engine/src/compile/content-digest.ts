import { canonicalJson } from '../json/canonical.js';
import { digestOf, shortDigestOf } from '../json/digest.js';
import type { SharedProgram } from './flag-memo.js';
import type { ResolvedContent } from '../resolve/resolve.js';

/** Of all of a flag that an evaluation can depend on or show; names, owners and dates are not. `known` keeps what its parts came to. */
export function contentDigest(
  { flag, fields }: ResolvedContent,
  segments: SharedProgram['segments'],
  known: Map<object, string>,
): string {
  const part = (value: object) => {
    let digest = known.get(value);
    if (digest === undefined) known.set(value, (digest = shortDigestOf(canonicalJson(value))));
    return digest;
  };
  const { enabled, percentage, rules, variants, defaultVariant, offVariant } = fields;
  const small = [
    flag.key,
    flag.type,
    flag.bucketing,
    flag.salt ?? flag.key,
    enabled.value,
    percentage.value,
    defaultVariant.value,
    offVariant.value,
    // what most flags do not have leaves the digests of those as they were
    ...(flag.onMissingKey === 'error' ? [] : [flag.onMissingKey]),
  ];
  let content = `${JSON.stringify(small)}${part(flag.prerequisites)}${part(variants.value)}${rules.value.length} `;
  if (Object.keys(flag.metadata).length > 0) content += part(flag.metadata);
  for (const rule of rules.value) content += part(rule);
  for (const [key, segment] of segments) content += `${JSON.stringify(key)}${part(segment?.conditions ?? [])}`;
  return digestOf(content);
}
