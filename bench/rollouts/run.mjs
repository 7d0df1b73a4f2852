// `npm run bench:rollouts`: false alarms and delays of guardrails, simulated. `-- --full` takes 10,000 rollouts for each figure.
import { performance } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { buildIfChanged } from '../../scripts/setup/build/build-if-changed.mjs';
import { clusters, delays, falseAlarms, sampleRatios, sights, tolerance } from './simulations.mjs';

const { values } = parseArgs({
  options: { full: { type: 'boolean', default: false }, seed: { type: 'string', default: '20261128' }, only: { type: 'string' } },
});
const seed = Number(values.seed);
if (!Number.isInteger(seed)) throw new Error(`--seed is a whole number, not "${values.seed}".`);
buildIfChanged();
const engine = await import(
  pathToFileURL(fileURLToPath(new URL('../../packages/engine/dist/rollouts/index.js', import.meta.url))).href
);

const rollouts = values.full ? 10_000 : 500;
const SIMULATIONS = {
  'false alarms': () => falseAlarms(engine, { rollouts, buckets: values.full ? 2_000 : 800, seed }),
  clusters: () => clusters(engine, { rollouts: values.full ? 10_000 : 300, buckets: values.full ? 500 : 200, seed }),
  delays: () => delays(engine, { runs: values.full ? 1_000 : 200, seed }),
  tolerance: () => tolerance(engine, { rollouts: values.full ? 10_000 : 300, buckets: values.full ? 2_000 : 400, seed }),
  'sample ratio': () => sampleRatios(engine, { rollouts: values.full ? 10_000 : 500, seed }),
  sight: () => sights(engine, { runs: values.full ? 10_000 : 500, seed }),
};
console.log(`seed ${seed}${values.full ? ', full' : ''}`);
for (const [name, simulate] of Object.entries(SIMULATIONS)) {
  if (values.only !== undefined && values.only !== name) continue;
  const begun = performance.now();
  const rows = simulate();
  console.log(`\n${name} (${((performance.now() - begun) / 1000).toFixed(0)} s)`);
  console.table(rows);
}
