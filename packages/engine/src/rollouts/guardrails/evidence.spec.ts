import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ArmComparison, EFFECTS, evidence, GatheredEvidence } from './evidence.js';
import type { ArmCounts, GuardrailReading } from './reading.js';
import { runs } from '../../testing/runs.js';

const COMPARISON: ArmComparison = { worse: 'more', tolerate: { ratio: 1, difference: 0 }, alpha: 0.01, comparisons: 1 };

function reading(
  exposures: [number, number],
  failures: [number, number],
  more: Partial<GuardrailReading> = {},
): GuardrailReading {
  return {
    stage: 0,
    settled: true,
    treatment: { exposures: [exposures[0]], failures: [failures[0]] },
    control: { exposures: [exposures[1]], failures: [failures[1]] },
    ...more,
  };
}

const counts = fc.tuple(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 5_000 }));
const readings = fc.array(
  fc
    .tuple(counts, fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })))
    .map(([exposures, failures]) => reading(exposures, failures)),
  { maxLength: 8 },
);
const ratio = fc.double({ min: 1, max: 3, noNaN: true });

const swapped = (one: GuardrailReading): GuardrailReading => ({ ...one, treatment: one.control, control: one.treatment });

/** Word by word: the product of the likelihoods of each lump of failures, under each effect, by that under the null hypothesis. */
function naive(all: readonly GuardrailReading[], tolerated: number, lump: number): number {
  const ratios = EFFECTS.map((effect) =>
    all.reduce((product, { treatment, control }) => {
      const odds = (tolerated * treatment.exposures[0]!) / control.exposures[0]!;
      const share = (times: number) => (times * odds) / (times * odds + 1);
      const ours = (share(effect) / share(1)) ** (treatment.failures[0]! / lump);
      return product * ours * ((1 - share(effect)) / (1 - share(1))) ** (control.failures[0]! / lump);
    }, 1),
  );
  return ratios.reduce((sum, one) => sum + one, 0) / ratios.length;
}

describe('evidence', () => {
  it('is the mean over all effects of the likelihood of the failures', () => {
    fc.assert(
      fc.property(readings, ratio, (all, tolerated) => {
        const { log, dispersion } = evidence(all, { ...COMPARISON, tolerate: { ratio: tolerated, difference: 0 } });
        expect(log).toBeCloseTo(Math.log(naive(all, tolerated, dispersion ?? 1)), 6);
      }),
      { numRuns: runs(200, 5_000) },
    );
  });

  it('is the same when the arms change places and fewer is worse', () => {
    fc.assert(
      fc.property(readings, ratio, (all, tolerated) => {
        const comparison: ArmComparison = { ...COMPARISON, tolerate: { ratio: tolerated, difference: 0 } };
        const here = evidence(all, comparison);
        const there = evidence(all.map(swapped), { ...comparison, worse: 'fewer' });
        expect(there.log).toBeCloseTo(here.log, 9);
        expect(there.alarm).toBe(here.alarm);
      }),
      { numRuns: runs(200, 5_000) },
    );
  });

  it('is the same for a bucket that is cut in two of the same share', () => {
    fc.assert(
      fc.property(counts, fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { minLength: 2, maxLength: 2 }), (exposures, [one, two]) => {
        const cells = (counted: GuardrailReading): GuardrailReading => {
          const twice = ([count]: readonly number[]) => [count!, count!];
          const arm = ({ exposures: seen, failures }: ArmCounts) => ({ exposures: twice(seen), failures: twice(failures) });
          return { ...counted, treatment: arm(counted.treatment), control: arm(counted.control) };
        };
        const whole = cells(reading([exposures[0] * 2, exposures[1] * 2], [one![0] + two![0], one![1] + two![1]]));
        const halves = [cells(reading(exposures, one!)), cells(reading(exposures, two!))];
        expect(evidence(halves, COMPARISON).log).toBeCloseTo(evidence([whole], COMPARISON).log, 9);
      }),
      { numRuns: runs(200, 5_000) },
    );
  });

  it('never expects more than 1 of a bucket in which the rates are as tolerated, whatever they are', () => {
    const choose = (n: number, k: number) => Array.from({ length: k }).reduce<number>((c, _, i) => (c * (n - i)) / (i + 1), 1);
    const probability = (n: number, k: number, rate: number) => choose(n, k) * rate ** k * (1 - rate) ** (n - k);
    const rate = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        rate,
        ratio,
        (ours, theirs, worst, tolerated) => {
          const comparison: ArmComparison = { ...COMPARISON, tolerate: { ratio: tolerated, difference: 0 } };
          let expected = 0;
          for (let e = 0; e <= ours; e++) {
            for (let f = 0; f <= theirs; f++) {
              const chance = probability(ours, e, worst) * probability(theirs, f, worst / tolerated);
              expected += chance * Math.exp(evidence([reading([ours, theirs], [e, f])], comparison).log);
            }
          }
          expect(expected).toBeLessThanOrEqual(1 + 1e-9);
        },
      ),
      { numRuns: runs(100, 3_000) },
    );
  });

  it('is nothing while one arm alone is seen, the stage settles, or the counts are none', () => {
    const broken = reading([10, 10], [5, 0], { treatment: { exposures: [10], failures: [NaN] } });
    const negative = reading([10, 10], [-5, 0]);
    const all = [reading([0, 100], [0, 50]), reading([100, 0], [90, 0]), reading([100, 100], [90, 0], { settled: false })];
    expect(evidence([...all, broken, negative], COMPARISON)).toMatchObject({
      log: 0,
      alarm: false,
      exposures: { treatment: 0, control: 0 },
      ratio: null,
      difference: null,
    });
  });

  it('is after each reading what it is of all of them up to there', () => {
    fc.assert(
      fc.property(readings, (all) => {
        const gathered = new GatheredEvidence(COMPARISON);
        all.forEach((one, index) => {
          gathered.add(one);
          expect(gathered.evidence()).toEqual(evidence(all.slice(0, index + 1), COMPARISON));
        });
      }),
      { numRuns: runs(50, 1_000) },
    );
  });

  it('does not take the growing share of a service that gets better by day for a worse treatment', () => {
    const quiet = Array.from({ length: 40 }, () => reading([10, 990], [1, 99], { stage: 0 }));
    const busy = Array.from({ length: 40 }, () => reading([500, 500], [5, 5], { stage: 1 }));
    const result = evidence([...quiet, ...busy], COMPARISON);
    expect(result.log).toBeLessThan(0);
    expect(result.ratio).toBeCloseTo(1, 9);
  });
});

describe('an alarm', () => {
  const bad = Array.from({ length: 10 }, () => reading([50, 950], [5, 9]));

  it('is raised by failures that only the treatment has', () => {
    const result = evidence(bad, COMPARISON);
    expect(result).toMatchObject({ alarm: true, failures: { treatment: 50, control: 90 } });
    expect(result.log).toBeGreaterThan(Math.log(100));
    expect(result.ratio).toBeCloseTo(10.56, 1);
  });

  it('needs more evidence the more comparisons there are', () => {
    expect(evidence([], { ...COMPARISON, comparisons: 3 }).alarmAt).toBeCloseTo(Math.log(300), 12);
  });

  it('needs a difference that is worth it', () => {
    expect(evidence(bad, { ...COMPARISON, tolerate: { ratio: 1, difference: 0.2 } }).alarm).toBe(false);
  });

  it('needs five lumps of failures of the treatment', () => {
    const sixteen = (first: (cell: number) => number) => Array.from({ length: 16 }, (_, cell) => first(cell));
    const rare = (failures: number) => {
      const treatment = { exposures: sixteen(() => 100), failures: sixteen((cell) => (cell < failures ? 1 : 0)) };
      const control = { exposures: sixteen(() => 100_000), failures: sixteen((cell) => (cell === 0 ? 1 : 0)) };
      return evidence([{ stage: 0, settled: true, treatment, control }], COMPARISON);
    };
    expect(rare(4)).toMatchObject({ alarm: false });
    expect(rare(4).log).toBeGreaterThan(rare(4).alarmAt);
    expect(rare(6).alarm).toBe(true);
  });

  it('waits, without cells, until it is known how failures come together', () => {
    const sudden = (count: number) => evidence(bad.slice(0, count), { ...COMPARISON, tolerate: { ratio: 1, difference: 0 } });
    expect(sudden(4)).toMatchObject({ alarm: false, dispersion: null });
    expect(sudden(4).log).toBeGreaterThan(sudden(4).alarmAt);
    expect(sudden(5)).toMatchObject({ alarm: true, dispersion: 1 });
  });

  it('is raised without cells where the control never fails', () => {
    const never = Array.from({ length: 6 }, () => reading([50, 950], [5, 0]));
    expect(evidence(never, COMPARISON)).toMatchObject({ alarm: true, ratio: null });
  });

  it('is not raised by one client that fails a thousand times', () => {
    const cells = (of: number) => Array.from({ length: 16 }, () => of);
    const one: GuardrailReading = {
      stage: 0,
      settled: true,
      treatment: { exposures: cells(100), failures: cells(0).with(3, 1_000) },
      control: { exposures: cells(1_900), failures: cells(2) },
    };
    const result = evidence([one], COMPARISON);
    expect(result).toMatchObject({ alarm: false, concentrated: true });
    expect(result.dispersion).toBeGreaterThan(100);
    const spread: GuardrailReading = { ...one, treatment: { exposures: cells(100), failures: cells(62) } };
    expect(evidence([spread], COMPARISON)).toMatchObject({ alarm: true, concentrated: false, dispersion: 1 });
  });
});
