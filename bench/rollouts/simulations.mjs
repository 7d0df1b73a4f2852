import { fixedThreshold, repeatedTest, threeOfFive } from './peers.mjs';
import { median, poisson, randomOf } from './random.mjs';
import { lumpy, plain, SHARES, stubborn, withoutCells, withStubborn } from './traffic.mjs';

const comparisonOf = (more = {}) => ({
  worse: 'more',
  tolerate: { ratio: 1, difference: 0 },
  alpha: 0.01,
  comparisons: 1,
  ...more,
});
const percent = (count, of) => `${((100 * count) / of).toFixed(2)} %`;

/** How many of `rollouts` raise an alarm in any of their buckets; rollout i has the seed `seed + i`. */
function alarms({ rollouts, buckets, seed }, rule, readingOf) {
  let found = 0;
  for (let rollout = 0; rollout < rollouts; rollout++) {
    const random = randomOf(seed + rollout);
    const [judge, next] = [rule(), readingOf(random)];
    for (let bucket = 0; bucket < buckets; bucket++) {
      if (judge(next(bucket))) {
        found++;
        break;
      }
    }
  }
  return found;
}

const judged = (engine, comparison) => () => {
  const gathered = new engine.GatheredEvidence(comparison);
  return (reading) => {
    gathered.add(reading);
    return gathered.evidence().alarm;
  };
};

/** Without the dispersion: what the test would be if failures never came together. */
const undispersed = (engine, comparison) => {
  const even = (count) => Array.from({ length: 16 }, () => count / 16);
  const level = ({ exposures, failures }) => ({ exposures: even(exposures[0]), failures: even(failures[0]) });
  return () => {
    const judge = judged(engine, comparison)();
    return (reading) => judge({ ...reading, treatment: level(reading.treatment), control: level(reading.control) });
  };
};

/** G2: nothing is wrong, and somebody looks after every bucket. */
export function falseAlarms(engine, size) {
  const stageAt = (bucket) => Math.min(SHARES.length - 1, Math.floor((bucket * SHARES.length) / size.buckets));
  const even = (rateAt) => (random) => (bucket) => {
    const stage = stageAt(bucket);
    const rate = rateAt(bucket, stage);
    return plain(random, { stage, share: SHARES[stage], exposures: 300, rates: [rate, rate] });
  };
  const worlds = {
    'constant, 1 %': even(() => 0.01),
    'constant, 0.01 %': even(() => 0.0001),
    'ten times as high at noon': even((bucket) => 0.002 * 10 ** (0.5 + 0.5 * Math.sin(bucket / 40))),
    'halves as the share rises': even((_, stage) => 0.02 / 2 ** stage),
    'a burst of ×5 in both arms': even((bucket) => (bucket % 200 < 20 ? 0.025 : 0.005)),
  };
  return Object.entries(worlds).map(([world, readingOf]) => ({
    'nothing is wrong': world,
    evidence: percent(alarms(size, judged(engine, comparisonOf()), readingOf), size.rollouts),
    'test repeated': percent(alarms(size, repeatedTest, readingOf), size.rollouts),
    '99 %, 5 of 10': percent(alarms(size, fixedThreshold, readingOf), size.rollouts),
  }));
}

/** G3: failures that come together, with nothing wrong. */
export function clusters(engine, size) {
  const lumps = [1, 2, 5, 10, 20, 100].map((lump) => [
    `lumps of ${lump}`,
    (random) => () => lumpy(random, { share: 0.05, exposures: 1_000, rates: [0.01, 0.01], lump }),
  ]);
  const users = [1, 3, 10].map((count) => [
    `${count} users who always fail`,
    (random) => {
      const all = stubborn(random, 0.05, count);
      return () => withStubborn(lumpy(random, { share: 0.05, exposures: 1_000, rates: [0.001, 0.001], lump: 1 }), all);
    },
  ]);
  const flat = (rule) => () => {
    const judge = rule();
    return (reading) => judge(withoutCells(reading));
  };
  return [...lumps, ...users].map(([world, readingOf]) => ({
    'nothing is wrong': world,
    'with cells': percent(alarms(size, judged(engine, comparisonOf()), readingOf), size.rollouts),
    'without cells': percent(alarms(size, flat(judged(engine, comparisonOf())), readingOf), size.rollouts),
    'failures taken as single': percent(alarms(size, flat(undispersed(engine, comparisonOf())), readingOf), size.rollouts),
  }));
}

/** G4: exposures until the alarm, beside the closed form, and whether fixed thresholds see it in twice the time. */
export function delays(engine, { runs, seed }) {
  const comparison = comparisonOf({ comparisons: 3 });
  const cases = [
    [0.01, 0.05, 2], [0.01, 0.05, 3], [0.01, 0.05, 10], [0.01, 0.25, 2], [0.01, 0.5, 2], [0.01, 0.01, 10], [0.005, 0.05, 2],
  ]; // prettier-ignore
  return cases.map(([base, share, ratio]) => {
    const expected = engine.exposuresToSee(ratio, { share, baseRate: base }, comparison);
    const exposures = Math.max(20, expected / 200);
    const found = [];
    let [rule, limit, within, mistaken] = [0, 0, 0, 0];
    for (let run = 0; run < runs; run++) {
      const random = randomOf(seed + run);
      const judge = judged(engine, comparison)();
      const [fixed, three, healthy] = [fixedThreshold(), threeOfFive(0.01), fixedThreshold()];
      let [at, byRule, byLimit, byMistake] = [null, false, false, false];
      for (let bucket = 1; bucket <= 2_000 && (at === null || bucket <= 400); bucket++) {
        const reading = plain(random, { share, exposures, rates: [base * ratio, base] });
        if (at === null && judge(reading)) at = bucket * exposures;
        if (bucket <= 400) {
          byRule ||= fixed(reading);
          byLimit ||= three(reading);
          byMistake ||= healthy(plain(random, { share, exposures, rates: [base, base] }));
        }
      }
      found.push(at ?? Infinity);
      if (at !== null && at <= 2 * expected) within++;
      if (byRule) rule++;
      if (byLimit) limit++;
      if (byMistake) mistaken++;
    }
    return {
      base: `${base * 100} %`,
      share: `${share * 100} %`,
      ratio: `×${ratio}`,
      'median exposures': Math.round(median(found)),
      'closed form': Math.round(expected),
      'in twice that': percent(within, runs),
      '99 %, 5 of 10': percent(rule, runs),
      '… when healthy': percent(mistaken, runs),
      '1 %, 3 of 5': percent(limit, runs),
    };
  });
}

/** G5: a little worse than the control, and tolerated. */
export function tolerance(engine, size) {
  const comparison = comparisonOf({ tolerate: { ratio: 1.1, difference: 0 } });
  return [1.05, 1.1].map((ratio) => {
    const readingOf = (random) => () => plain(random, { share: 0.25, exposures: 5_000, rates: [0.01 * ratio, 0.01] });
    return {
      'true ratio': ratio,
      tolerated: 1.1,
      alarms: percent(alarms(size, judged(engine, comparison), readingOf), size.rollouts),
    };
  });
}

/** G6: arms that are not what was dealt, among users who come once, and users who come all day. */
export function sampleRatios(engine, { rollouts, seed }) {
  const rule = () => {
    const gathered = new engine.GatheredSampleRatio(() => 0.5);
    return (reading) => {
      gathered.add(reading);
      return gathered.sampleRatio().alarm;
    };
  };
  const fresh = (share) => (random) => () => lumpy(random, { share, exposures: 600, rates: [0, 0], lump: 1 });
  const regulars = (random) => {
    const users = stubborn(random, 0.5, 200);
    return () => {
      const reading = lumpy(random, { share: 0.5, exposures: 0, rates: [0, 0], lump: 1 });
      for (const { ours, cell } of users) reading[ours ? 'treatment' : 'control'].exposures[cell] += poisson(random, 3);
      return reading;
    };
  };
  const found = (buckets, readingOf) => percent(alarms({ rollouts, buckets, seed }, rule, readingOf), rollouts);
  return [
    ['as dealt', fresh(0.5)],
    ['51 to 49', fresh(0.51)],
    ['as dealt, 200 users who come again', regulars],
  ].map(([world, readingOf]) => ({
    'dealt half and half': world,
    'in 60,000 exposures': found(100, readingOf),
    'in 150,000': found(250, readingOf),
  }));
}

/** G7: a stage that says it would see a doubling, when there is one. */
export function sights(engine, { runs, seed }) {
  const comparison = comparisonOf({ comparisons: 2, tolerate: { ratio: 1.1, difference: 0 } });
  return [
    [0.01, 0.05],
    [0.01, 0.25],
    [0.001, 0.5],
  ].map(([baseRate, share]) => {
    const needed = engine.exposuresToSee(2, { share, baseRate }, comparison, engine.LIKELY);
    const readingOf = (random) => () => plain(random, { share, exposures: needed / 100, rates: [baseRate * 2, baseRate] });
    const found = alarms({ rollouts: runs, buckets: 100, seed }, judged(engine, comparison), readingOf);
    return {
      base: `${baseRate * 100} %`,
      share: `${share * 100} %`,
      exposures: Math.round(needed),
      'a doubling is seen': percent(found, runs),
    };
  });
}
