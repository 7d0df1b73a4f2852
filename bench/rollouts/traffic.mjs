import { poisson } from './random.mjs';

export const CELLS = 16;
export const SHARES = [0.01, 0.05, 0.25, 0.5];

const zeros = () => Array.from({ length: CELLS }, () => 0);

/** A bucket without cells: `rates` of both arms, exposures by the share. */
export function plain(random, { stage = 0, share, exposures, rates }) {
  const treatment = poisson(random, exposures * share);
  const control = poisson(random, exposures * (1 - share));
  const arm = (count, rate) => ({ exposures: [count], failures: [Math.min(count, poisson(random, count * rate))] });
  return { stage, settled: true, treatment: arm(treatment, rates[0]), control: arm(control, rates[1]) };
}

/** A bucket by cells, of which the failures come in lumps of `lump`, each by one user and so in one cell. */
export function lumpy(random, { stage = 0, share, exposures, rates, lump }) {
  const arm = (mean, rate) => {
    const counts = zeros().map(() => poisson(random, mean / CELLS));
    const failures = zeros();
    for (let left = poisson(random, (mean * rate) / lump); left > 0; left--) failures[Math.floor(random() * CELLS)] += lump;
    return { exposures: counts, failures };
  };
  return {
    stage,
    settled: true,
    treatment: arm(exposures * share, rates[0]),
    control: arm(exposures * (1 - share), rates[1]),
  };
}

/** Users who fail once in every bucket, whichever arm chance put them in. */
export function stubborn(random, share, users) {
  return Array.from({ length: users }, () => ({ ours: random() < share, cell: Math.floor(random() * CELLS) }));
}

export function withStubborn(reading, users) {
  for (const { ours, cell } of users) reading[ours ? 'treatment' : 'control'].failures[cell] += 1;
  return reading;
}

/** Counts without their cells. */
export function withoutCells(reading) {
  const total = (list) => [list.reduce((sum, one) => sum + one, 0)];
  const arm = ({ exposures, failures }) => ({ exposures: total(exposures), failures: total(failures) });
  return { ...reading, treatment: arm(reading.treatment), control: arm(reading.control) };
}
