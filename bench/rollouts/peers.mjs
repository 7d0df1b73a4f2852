/** Rules of other tools, as small as they can be said, in the same traffic. */

/** A z-test of two pooled shares at 5 %, asked again after every bucket. */
export function repeatedTest() {
  const pooled = { nt: 0, nc: 0, et: 0, ec: 0 };
  return ({ treatment, control }) => {
    pooled.nt += treatment.exposures[0];
    pooled.nc += control.exposures[0];
    pooled.et += treatment.failures[0];
    pooled.ec += control.failures[0];
    const { nt, nc, et, ec } = pooled;
    const rate = (et + ec) / (nt + nc);
    return (et / nt - ec / nc) / Math.sqrt(rate * (1 - rate) * (1 / nt + 1 / nc)) > 1.645;
  };
}

/** Five of the last ten buckets of the treatment below 99 % success: the shape of progressive delivery on a cluster. */
export function fixedThreshold(least = 0.99, most = 5, of = 10) {
  const last = [];
  return ({ treatment }) => {
    const count = treatment.exposures[0];
    last.push(count > 0 && 1 - treatment.failures[0] / count < least);
    if (last.length > of) last.shift();
    return last.filter(Boolean).length >= most;
  };
}

/** Three of the last five buckets above a limit. */
export const threeOfFive = (limit) => fixedThreshold(1 - limit, 3, 5);
