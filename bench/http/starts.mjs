import { median } from './median.mjs';
import { onAllCores } from './pin.mjs';
import { rssOf } from './process-figures.mjs';
import { databaseUrlOf, startFlagtree } from './servers.mjs';

const STARTS = 7;
const MOST_MS = 1_200;
const MOST_MB = 150;

/**
 * From the start of a process to its first ready answer: over the running database of `flagtree`, then (where that is a private one) of
 * `flagtree` itself, which has to start its PostgreSQL first. Nothing loads the servers, so they may use all cores, as anywhere. Ends `flagtree`.
 */
export async function measureStarts(flagtree, dataDirectory, pinned) {
  const databaseUrl = process.env.DATABASE_URL ?? databaseUrlOf(dataDirectory);
  const options = { pinned, onCores: onAllCores };
  const another = await startFlagtree(`${dataDirectory}-of-another`, { ...options, databaseUrl });
  const { ms, mb } = await startsAfter(another, `${dataDirectory}-of-another`, { ...options, databaseUrl });
  console.log(
    `\nStart to healthy with 1,000 flags on an existing database: ${ms.toFixed(0)} ms (≤ 1,200 ${verdict(ms, MOST_MS)})`,
  );
  if (mb > 0) console.log(`Resident memory of the server then: ${mb.toFixed(0)} MB (≤ 150 ${verdict(mb, MOST_MB)})`);
  if (process.env.DATABASE_URL !== undefined) return;
  const alone = await startsAfter(flagtree, dataDirectory, options);
  console.log(`The same with a private PostgreSQL to be started first: ${alone.ms.toFixed(0)} ms`);
}

async function startsAfter(first, dataDirectory, options) {
  const starts = [];
  let server = first;
  for (let time = 0; time < STARTS; time++) {
    await server.stop();
    server = await startFlagtree(dataDirectory, options);
    starts.push({ ms: server.healthyAfterMs, mb: rssOf(server.pid) ?? 0 });
  }
  await server.stop();
  return { ms: median(starts.map(({ ms }) => ms)), mb: median(starts.map(({ mb }) => mb)) };
}

const verdict = (figure, most) => (figure <= most ? 'met' : 'MISSED');
