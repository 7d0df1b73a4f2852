import { createHash } from 'node:crypto';
import { canonicalJson, type CompiledFlag, conditionsOf, snapshotFlag } from '@flagtree/engine';

/** What is the same whatever the revision: all of the value but its first member. The Lua scripts rely on that. */
export const REVISION_MEMBER = '^{"revision":%d+,';

/**
 * The value of a flag's key: all that an evaluator needs of it, the segments that its rules name included. `checksum` is the SHA-256 (hex)
 * of the canonical JSON (sorted keys, no spaces) of everything but `revision` and `checksum`.
 */
export function mirrorValue(flag: CompiledFlag, revision: number): string {
  return `{"revision":${String(revision)},${body(flag)}`;
}

const fingerprints = new WeakMap<CompiledFlag, string>();

/** SHA-1 (hex) of the value without its revision: what Redis can work out by itself of what it holds. */
export function fingerprintOf(flag: CompiledFlag): string {
  let fingerprint = fingerprints.get(flag);
  if (fingerprint === undefined) {
    fingerprint = createHash('sha1').update(body(flag)).digest('hex');
    fingerprints.set(flag, fingerprint);
  }
  return fingerprint;
}

function body(flag: CompiledFlag): string {
  const served = snapshotFlag(flag);
  const content = {
    key: flag.key,
    ...served,
    ...(!('defect' in served) && { segments: conditionsOf(flag.segments) }),
    ...(flag.defect !== null && { defect: flag.defect }),
  };
  const checksum = createHash('sha256')
    .update(canonicalJson(JSON.parse(JSON.stringify(content))))
    .digest('hex');
  return `"checksum":"${checksum}",${JSON.stringify(content).slice(1)}`;
}
