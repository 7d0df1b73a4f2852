import { expect } from 'expect';
import fc from 'fast-check';

/** A mutant that only hundreds of runs of a property would find counts as a survivor. */
const MOST_RUNS = 40;

/** Stands in for jest: keeps the tests of the one spec file that is loaded with it, in their order. */
export function createRegistry(file) {
  const tests = [];
  const titles = [];

  const describe = (title, body) => {
    titles.push(title);
    body();
    titles.pop();
  };

  const it = (title, body) => {
    const name = [file, ...titles, title].join(' › ');
    const twins = tests.filter((test) => test.title === name).length;
    tests.push({ title: name, id: twins === 0 ? name : `${name} (${twins + 1})`, file, body });
  };
  it.each = (table) => (title, body) => {
    const rows = table.every(Array.isArray) ? table : table.map((one) => [one]);
    for (const row of rows) it(title, () => body(...row));
  };

  const assert = (property, settings) =>
    fc.assert(property, {
      ...settings,
      numRuns: Math.min(settings?.numRuns ?? 100, MOST_RUNS),
      seed: 20261120,
      endOnFailure: true,
    });

  return {
    tests,
    stood: { '@jest/globals': { describe, it, expect }, 'fast-check': { default: { ...fc, assert } } },
  };
}
