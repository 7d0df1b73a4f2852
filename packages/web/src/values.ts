import type { Bootstrap, Details, Evaluation, Json } from './types.js';

/** All flags at one moment, by key. */
export type Values = ReadonlyMap<string, Evaluation>;

export function valuesOf(flags: Bootstrap | readonly Evaluation[] | undefined, before?: Values): Values {
  const given = (flags as { flags?: unknown } | undefined)?.flags ?? flags ?? [];
  const list = Array.isArray(given)
    ? (given as Evaluation[])
    : Object.entries(given).map(([key, flag]: [string, object]) => ({ ...flag, key }));
  // what is the same stays the same object, so that nothing is drawn again for it
  return new Map(list.map((flag) => [flag.key, same(before?.get(flag.key), flag)]));
}

export function changedKeys(before: Values, after: Values): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key));
}

/** The fallback, with the reason, wherever there is no value of its type. `isCached`: what stands there has yet to be confirmed. */
export function detailsFrom<Value extends Json>(values: Values, key: string, fallback: Value, isCached: boolean): Details<Value> {
  const flag: Evaluation = values.get(key) ?? { key, errorCode: values.size > 0 ? 'FLAG_NOT_FOUND' : 'PROVIDER_NOT_READY' };
  const { value, variant = null, reason = 'UNKNOWN', errorDetails, metadata = {} } = flag;
  const errorCode = flag.errorCode ?? (value !== undefined && typeof value !== typeof fallback ? 'TYPE_MISMATCH' : undefined);
  const isUsed = value !== undefined && !errorCode;
  return {
    key,
    value: isUsed ? (value as Value) : fallback,
    variant: isUsed ? variant : null,
    reason: errorCode ? 'ERROR' : isCached ? 'CACHED' : reason,
    errorCode,
    errorMessage: errorDetails,
    metadata,
  };
}

function same(before: Evaluation | undefined, after: Evaluation): Evaluation {
  return before && alike(before) === alike(after) ? before : after;
}

/** But for its metadata: that has the revision, which moves with every flag of the environment. */
const alike = (flag: Evaluation): string => JSON.stringify({ ...flag, metadata: 0 });
