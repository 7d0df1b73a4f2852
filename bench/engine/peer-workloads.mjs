import { agreedUsers, assertAgreement, commonAnswer, loadAll } from './agreement.mjs';
import { formatTime, measureInTurns, oneAfterAnother, pairedRatio } from './measure.mjs';
import { BULK, ONE_FLAG } from './workloads.mjs';

const WANTED = { W1: 5, W2: 5, W3: 10, W4: 10, W5: 10 };
/** What a closure compiler written by hand took, in nanoseconds; W1 to W5 are to be within three times of it. */
const REFERENCE = { W1: 5, W2: 31, W3: 102, W4: 17, W5: 33_000 };
const OURS = 'flagtree';

/** A rule language alone: it knows neither flags, variants nor reasons, so a constant costs it nothing. Shown, and not what the targets are held to. */
const NO_FLAG_ENGINES = new Set(['json-logic-engine (compiled)']);

export async function runPeerWorkloads(peers, options) {
  const results = [];
  for (const workload of ONE_FLAG) results.push(await runOneFlag(peers, workload, options));
  results.push(await runBulk(peers, options));
  return results;
}

async function runOneFlag(peers, workload, options) {
  const { name, title, flag, controls } = workload;
  const loaded = await loadAll(peers, [flag]);
  const users = workload.users ?? (await agreedUsers(loaded, workload));
  const agreed = await assertAgreement(loaded, flag.key, [...users, ...controls]);
  const runners = [...loaded].map(([peer, { one, contextOf }]) => ({
    name: peer,
    run: oneAfterAnother(one, flag.key, users.map(contextOf)),
  }));
  return finish(
    name,
    `${title} (${String(agreed.compared)} answers compared, ${String(agreed.on)} of them on)`,
    loaded,
    runners,
    options,
  );
}

async function runBulk(peers, options) {
  const flags = [...BULK.plain, ...(await agreedRollouts(peers)), ...BULK.ruled];
  const loaded = await loadAll(peers, flags);
  let on = 0;
  for (const flag of flags) on += (await assertAgreement(loaded, flag.key, [BULK.user])).on;
  const runners = [...loaded].map(([peer, { all, contextOf }]) => {
    const context = contextOf(BULK.user);
    return { name: peer, run: () => all(context) };
  });
  return finish(
    BULK.name,
    `${BULK.title} (${String(flags.length)} answers compared, ${String(on)} of them on)`,
    loaded,
    runners,
    options,
  );
}

async function agreedRollouts(peers) {
  const loaded = await loadAll(peers, BULK.rolloutCandidates);
  const agreed = [];
  for (const flag of BULK.rolloutCandidates) {
    if ((await commonAnswer(loaded, flag.key, BULK.user)) !== undefined) agreed.push(flag);
    if (agreed.length === BULK.rollouts) break;
  }
  closeAll(loaded);
  if (agreed.length < BULK.rollouts) throw new Error('There are not enough rollouts on which all peers agree.');
  return agreed;
}

async function finish(name, title, loaded, runners, options) {
  const times = await measureInTurns(runners, options);
  closeAll(loaded);
  const ours = times.get(OURS);
  console.log(`\n${name}  ${title}`);
  const peers = [];
  for (const [peer, time] of times) {
    const { median, least, spread } = time;
    const ratio = pairedRatio(time, ours);
    const bestRatio = least / ours.least;
    const ratios = peer === OURS ? ['', ''] : [ratio, bestRatio].map((times) => `${times.toFixed(1)}×`);
    const cells = [formatTime(median), `±${(spread * 100).toFixed(0)} %`, ratios[0], formatTime(least), ratios[1]];
    console.log(`  ${peer.padEnd(32)}${cells.map((cell) => cell.padStart(11)).join('')}`);
    if (peer !== OURS && !NO_FLAG_ENGINES.has(peer)) peers.push({ fastest: peer, ratio, bestRatio });
  }
  const nearest = peers.reduce((a, b) => (b.ratio < a.ratio ? b : a));
  return { name, ...nearest, wanted: WANTED[name], ours: ours.median, reference: REFERENCE[name] };
}

function closeAll(loaded) {
  for (const { close } of loaded.values()) close?.();
}
