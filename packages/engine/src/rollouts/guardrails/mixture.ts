/** Logarithm of the mean of `e^x`, without overflow: the evidence of a mixture with equal parts. */
export function logMeanExp(logs: readonly number[]): number {
  const largest = Math.max(...logs);
  if (!Number.isFinite(largest)) return largest;
  return largest + Math.log(logs.reduce((total, log) => total + Math.exp(log - largest), 0) / logs.length);
}

/**
 * Log likelihood ratio that of `all` events `ours` fell to an arm that gets the share `share` of them under the null hypothesis, and
 * `factor` times the odds under the alternative.
 */
export function logLikelihoodRatio(ours: number, all: number, share: number, factor: number): number {
  return Math.log(factor) * ours - all * Math.log1p(share * (factor - 1));
}

/** Ratio between an upper bound (80 %) of a dispersion and its estimate by `df` degrees of freedom, after Wilson and Hilferty. */
export function dispersionBound(df: number): number {
  const part = 2 / (9 * df);
  return (1 - part - 0.8416 * Math.sqrt(part)) ** -3;
}
