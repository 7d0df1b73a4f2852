export const ms = (value) => `${value.toFixed(1)} ms`;

/** The middle, the slow end and the slowest of what was measured. */
export function spread(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const quantile = (q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
  return `p50 ${ms(quantile(0.5))}, p99 ${ms(quantile(0.99))}, most ${ms(quantile(1))} (${sorted.length} measured)`;
}
