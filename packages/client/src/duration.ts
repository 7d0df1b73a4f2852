const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds; undefined for what is no duration. */
export function millisecondsOf(duration: unknown): number | undefined {
  if (typeof duration === 'number') return Number.isFinite(duration) && duration >= 0 ? duration : undefined;
  const [, amount, unit] = (typeof duration === 'string' && /^(\d{1,9}(?:\.\d{1,3})?) ?(ms|s|m|h|d)$/.exec(duration)) || [];
  return amount === undefined || unit === undefined ? undefined : Number(amount) * (UNITS[unit] as number);
}
