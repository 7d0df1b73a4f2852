import { measure } from 'mitata';

/**
 * Nanoseconds for each runner: the median of the rounds' medians, how far the rounds lie apart, and each round's own. All take turns in each round, so that what
 * the machine does meanwhile hits them alike.
 */
export async function measureInTurns(runners, { rounds = 11, cpuMilliseconds = 80 } = {}) {
  const medians = new Map(runners.map(({ name }) => [name, []]));
  // V8 compiles on another thread, which a busy machine keeps waiting: nobody is timed before that is done
  for (const { run } of runners) await measure(run, { min_cpu_time: 3 * cpuMilliseconds * 1e6 });
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of runners) {
      const { p50 } = await measure(run, { min_cpu_time: cpuMilliseconds * 1e6 });
      medians.get(name).push(p50);
    }
  }
  return new Map([...medians].map(([name, values]) => [name, summaryOf(values)]));
}

/** `spread`: half of the distance between the quartiles' outer neighbours, as a share of the median. */
function summaryOf(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  return { rounds: values, median: at(0.5), least: sorted[0], spread: (at(0.75) - at(0.25)) / at(0.5) };
}

/** The median of how many times as long one takes as the other in the same round, where the machine was the same for both. */
export function pairedRatio(one, other) {
  return one.rounds.map((value, round) => value / other.rounds[round]).toSorted((a, b) => a - b)[one.rounds.length >> 1];
}

/** Asks for one context after the other. A function text of its own for each peer: a shared one would have V8 mix up what it learns of them. */
export function oneAfterAnother(one, key, contexts) {
  const make = new Function(
    'one',
    'key',
    'contexts',
    `let i = 0; return () => one(key, contexts[i++ & ${String(contexts.length - 1)}]);`,
  );
  return make(one, key, contexts);
}

export function formatTime(nanoseconds) {
  return nanoseconds < 10_000 ? `${nanoseconds.toFixed(nanoseconds < 100 ? 1 : 0)} ns` : `${(nanoseconds / 1000).toFixed(1)} µs`;
}
