import type { Snapshot } from '../engine.js';
import type { HeldDocument } from './held-document.js';
import type { ResolvedFlag } from '../types/client.js';

/** A copy, which the caller may change. */
export function resolvedFlag(snapshot: Snapshot, document: HeldDocument, key: string): ResolvedFlag | null {
  const flag = snapshot.flags.get(key);
  if (flag === undefined || flag.program.constant?.ok === false) return null;
  const { fields } = flag.resolved;
  const row = Object.hasOwn(document.flags, key) ? document.flags[key] : undefined;
  const { sources } = row ?? {};
  return structuredClone({
    key,
    type: flag.type,
    enabled: fields.enabled.value,
    percentage: fields.percentage.value,
    variants: fields.variants.value,
    rules: fields.rules.value,
    defaultVariant: fields.defaultVariant.value,
    offVariant: fields.offVariant.value,
    inheritedFrom: flag.inheritedFrom,
    ...(sources !== undefined && { sources }),
    environment: document.environment,
    revision: document.revision,
  }) as unknown as ResolvedFlag;
}
