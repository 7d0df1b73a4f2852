import { createFlags } from './flags.mjs';
import { contextBody, load } from './load.mjs';
import { median } from './median.mjs';
import { ADMIN_TOKEN, startBare, startFlagtree, temporaryDirectory } from './servers.mjs';
import { measureStarts } from './starts.mjs';

const QUICK = process.argv.includes('--quick');
const ONLY = process.argv.find((argument) => argument.startsWith('--only='))?.slice(7);
const [ROUNDS, SECONDS] = QUICK ? [3, 2] : [7, 3];
const OFREP = '/ofrep/v1/evaluate/flags';
const authorization = `Bearer ${ADMIN_TOKEN}`;
const pinned = process.argv.includes('--pinned');
const directory = temporaryDirectory();

const WORKLOADS = [
  { name: 'single', title: 'OFREP single', flags: 100, path: `${OFREP}/flag-0004`, distinct: true, wanted: 0.9 },
  { name: 'not-modified', title: 'OFREP bulk, 304', flags: 100, path: OFREP, distinct: false, conditional: true, wanted: 0.8 },
  { name: 'bulk-100', title: 'OFREP bulk of 100, distinct contexts', flags: 100, path: OFREP, distinct: true, wanted: 0.7 },
  { name: 'bulk-500', title: 'OFREP bulk of 500, distinct contexts', flags: 500, path: OFREP, distinct: true, wanted: null },
];

/** The answer as Flagtree gives it, for the bare server to give as well. */
async function answerOf(url, { path, conditional }) {
  const ask = (headers) =>
    fetch(url + path, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', ...headers },
      body: contextBody(0),
    });
  const first = await ask({});
  const answer = conditional ? await ask({ 'if-none-match': first.headers.get('etag') }) : first;
  const headers = [...answer.headers].filter(
    ([name]) => !/^(?:date|connection|keep-alive|content-length|transfer-encoding)$/.test(name),
  );
  const body = await answer.text();
  return { etag: first.headers.get('etag'), answer: { status: answer.status, headers, body: conditional ? undefined : body } };
}

async function compare(flagtree, bare, workload) {
  const { name, title, path, distinct, conditional, wanted } = workload;
  const { etag, answer } = await answerOf(flagtree.url, workload);
  await bare.tell(name, answer);
  const headers = { authorization, ...(conditional && { 'if-none-match': etag }) };
  const options = { headers, distinct, seconds: SECONDS };
  await load(flagtree, { ...options, path, seconds: 2 });
  await load(bare, { ...options, path: `/${name}`, seconds: 2 });
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({ ours: await load(flagtree, { ...options, path }), theirs: await load(bare, { ...options, path: `/${name}` }) });
  }
  const of = (figure) => median(rounds.map(figure));
  const ratio = of(({ ours, theirs }) => ours.perSecond / theirs.perSecond);
  const cpuRatio = pinnedCpu(rounds) ? of(({ ours, theirs }) => theirs.cpuMicros / ours.cpuMicros) : null;
  const row = [
    `${of(({ ours }) => ours.perSecond).toFixed(0)}/s`,
    `${of(({ theirs }) => theirs.perSecond).toFixed(0)}/s`,
    ratio.toFixed(2),
    cpuRatio === null ? '–' : `${of(({ ours }) => ours.cpuMicros).toFixed(1)} µs`,
    cpuRatio === null ? '–' : `${of(({ theirs }) => theirs.cpuMicros).toFixed(1)} µs`,
    cpuRatio === null ? '–' : cpuRatio.toFixed(2),
  ];
  const verdict = wanted === null ? '' : verdictOf(wanted, ratio, cpuRatio);
  console.log(`${title.padEnd(38)}${row.map((cell) => cell.padStart(11)).join('')}   ${verdict}`);
}

/** By CPU, which the load beside it does not blur; by throughput where the servers have no core of their own. */
function verdictOf(wanted, ratio, cpuRatio) {
  const by = cpuRatio === null ? 'throughput' : 'CPU';
  return `≥ ${wanted.toFixed(2)} by ${by} ${(cpuRatio ?? ratio) >= wanted ? 'met' : 'MISSED'}`;
}

const pinnedCpu = (rounds) => rounds.every(({ ours, theirs }) => ours.cpuMicros !== null && theirs.cpuMicros !== null);

const flagtree = await startFlagtree(directory.path, { pinned });
const bare = await startBare(pinned);
try {
  console.log(
    `Node ${process.version}; ${pinned ? 'servers on core 1, load from core 0' : 'not pinned to cores'}; ${String(ROUNDS)} rounds of ${String(SECONDS)} s in turns.`,
  );
  console.log(
    `${''.padEnd(38)}${['Flagtree', 'Fastify', 'throughput', 'CPU each', 'Fastify', 'by CPU'].map((cell) => cell.padStart(11)).join('')}`,
  );
  let made = 0;
  for (const workload of WORKLOADS.filter(({ name }) => ONLY === undefined || name === ONLY)) {
    await createFlags(flagtree.url, made, Math.max(made, workload.flags));
    made = Math.max(made, workload.flags);
    await compare(flagtree, bare, workload);
  }
  if (ONLY === undefined) {
    await createFlags(flagtree.url, made, 1000);
    await measureStarts(flagtree, directory.path, pinned);
  }
} finally {
  await flagtree.stop();
  bare.stop();
  directory.remove();
}
