import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runChainDepth } from './chain-depth.mjs';
import { formatTime } from './measure.mjs';
import { runPeerWorkloads } from './peer-workloads.mjs';
import flagdCore from './peers/flagd-core.mjs';
import flagtree from './peers/flagtree.mjs';
import growthbook from './peers/growthbook.mjs';
import jsonLogicEngine from './peers/json-logic-engine.mjs';
import launchdarkly from './peers/launchdarkly.mjs';
import unleash from './peers/unleash.mjs';

const QUICK = process.argv.includes('--quick');
const options = QUICK ? { rounds: 3, cpuMilliseconds: 30 } : {};

console.log(
  `Node ${process.version}, ${process.arch}. All take turns in each round. Median of the rounds, distance of the quartiles, median of the ratios within each round; best round, ratio of the best.`,
);
const results = await runPeerWorkloads([flagtree, flagdCore, unleash, growthbook, launchdarkly, jsonLogicEngine], options);
const chainRatio = await runChainDepth(options);
const script = fileURLToPath(new URL('compile-scale.mjs', import.meta.url));
const scales = Array.from({ length: QUICK ? 1 : 5 }, () =>
  JSON.parse(execFileSync(process.execPath, ['--expose-gc', script], { encoding: 'utf8' })),
);
const scale = scales.toSorted((a, b) => a.compileMilliseconds - b.compileMilliseconds)[Math.floor(scales.length / 2)];
const allocations = fileURLToPath(new URL('allocations.mjs', import.meta.url));
const allocated = JSON.parse(
  execFileSync(process.execPath, ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128', allocations], {
    encoding: 'utf8',
  }),
);
if (allocated.control < 16) throw new Error('What is allocated has not been counted.');

const figures = Object.entries(allocated).map(([name, bytes]) => `${name} ${bytes.toFixed(2)}`);
console.log(`\nBytes allocated by an evaluation, of a million: ${figures.join(', ')} (one object more)`);
console.log(
  `\n${String(scale.flags)} flags × ${String(scale.environments)} environments, ${String(scale.overrides)} overrides; the median of ${String(scales.length)} processes`,
);
const lines = results.map(({ name, ratio, bestRatio, fastest, wanted }) => [
  `${name} beside ${fastest}`,
  `${ratio.toFixed(1)}× (best ${bestRatio.toFixed(1)}×)`,
  `≥ ${String(wanted)}×`,
  ratio >= wanted,
]);
for (const { name, ours, reference } of results)
  lines.push([
    `${name} beside a compiler written by hand`,
    `${formatTime(ours)} / ${formatTime(reference)}`,
    '≤ 3×',
    ours <= 3 * reference,
  ]);
lines.push([
  'a rule that is tried allocates',
  `${((allocated.W3 - allocated.W1) / 5).toFixed(3)} bytes`,
  '< 0.1',
  (allocated.W3 - allocated.W1) / 5 < 0.1,
]);
const { compileMilliseconds, compileCpuMilliseconds, megabytes, recompileMilliseconds } = scale;
lines.push(
  ['a chain of four beside a root', chainRatio.toFixed(3), '≤ 1.05', chainRatio <= 1.05],
  [
    'resolved and compiled',
    `${compileMilliseconds.toFixed(0)} ms, CPU ${compileCpuMilliseconds.toFixed(0)} ms`,
    '< 1,000 ms',
    // the clock tells more than the work where others work, too; the CPU time does where the collector uses other cores
    Math.min(compileMilliseconds, compileCpuMilliseconds) < 1000,
  ],
  ['heap that this takes', `${megabytes.toFixed(0)} MB`, '< 150 MB', megabytes < 150],
  ['compiled anew after one flag', `${recompileMilliseconds.toFixed(2)} ms`, '< 5 ms', recompileMilliseconds < 5],
);
console.log();
for (const [what, value, target, met] of lines)
  console.log(`  ${met ? 'met   ' : 'MISSED'}  ${what.padEnd(48)}${value.padStart(24)}   ${target}`);
