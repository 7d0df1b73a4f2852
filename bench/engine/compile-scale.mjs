import { engineAt } from './engine-build.mjs';
import { environmentOf, flagOf, overrideOf } from './peers/flagtree.mjs';
import { ONE_FLAG } from './workloads.mjs';

/**
 * 10,000 flags in 10 environments (four deep, 5 % of the pairs overridden) resolved and compiled, and compiled anew after one flag has changed.
 * Runs in a process of its own with --expose-gc: `node --expose-gc compile-scale.mjs` prints one line of JSON.
 */
const { applyEntries, buildState, CompiledTree } = await engineAt();

const FLAGS = 10_000;
const PARENTS = { a: null, b: 'a', c: 'b', d: 'c', e: 'b', f: 'c', g: 'a', h: 'g', i: 'h', j: null };

const workloads = ONE_FLAG.filter(({ name }) => name !== 'W4').map(({ flag }) => flag);
const environments = Object.entries(PARENTS).map(([slug, parent]) => environmentOf(slug, parent));
const flags = Array.from({ length: FLAGS }, (_, i) =>
  structuredClone(flagOf({ ...workloads[i % workloads.length], key: `flag-${String(i)}` })),
);
const overrides = environments.flatMap(({ id }, e) =>
  flags
    .filter((_, f) => (f * 10 + e) % 20 === f % 20)
    .map((flag, n) => overrideOf(id, flag.id, n % 2 === 0 ? { enabled: n % 4 === 0 } : { percentage: 50 })),
);

const heap = () => {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

const state = buildState({ revision: 1, environments, flags, overrides, segments: [] });
const before = heap();
const started = performance.now();
const cpuBefore = process.cpuUsage();
let tree = CompiledTree.empty().to(state);
const etagsOf = (compiled) => environments.map(({ slug }) => compiled.snapshot(slug).etag);
let etags = etagsOf(tree);
const compileMilliseconds = performance.now() - started;
const cpu = process.cpuUsage(cpuBefore);
const compileCpuMilliseconds = (cpu.user + cpu.system) / 1000;
const megabytes = heap() - before;

const recompiles = [];
let current = state;
for (let round = 0; round < 21; round++) {
  const flag = flags[(round * 37) % FLAGS];
  current = applyEntries(current, [
    {
      revision: current.revision + 1,
      table: 'flags',
      before: null,
      after: rowOf({ ...flag, enabled: round % 2 === 0, percentage: round + 1 }),
    },
  ]);
  const changed = performance.now();
  tree = tree.to(current);
  const next = etagsOf(tree);
  recompiles.push(performance.now() - changed);
  if (next.every((etag, i) => etag === etags[i])) throw new Error('The change has changed nothing.');
  etags = next;
}
recompiles.sort((a, b) => a - b);

console.log(
  JSON.stringify({
    flags: FLAGS,
    environments: environments.length,
    overrides: overrides.length,
    compileMilliseconds,
    compileCpuMilliseconds,
    megabytes,
    recompileMilliseconds: recompiles[10],
    slowestRecompile: recompiles[20],
  }),
);

function rowOf(flag) {
  return Object.fromEntries(
    Object.entries(flag).map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
}
