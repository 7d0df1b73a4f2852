import { agreedUsers, assertAgreement, commonAnswer, loadAll } from './agreement.mjs';
import { formatTime, measureInTurns, oneAfterAnother } from './measure.mjs';
import { BULK, ONE_FLAG } from './workloads.mjs';

const WANTED = { W1: 5, W2: 5, W3: 10, W4: 10, W5: 10 };
const OURS = 'flagtree';

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
  const ours = times.get(OURS).median;
  console.log(`\n${name}  ${title}`);
  for (const [peer, { median, spread }] of times) {
    const ratio = peer === OURS ? '' : `${(median / ours).toFixed(1)}×`;
    console.log(
      `  ${peer.padEnd(32)}${formatTime(median).padStart(10)}  ±${(spread * 100).toFixed(0).padStart(2)} %  ${ratio.padStart(8)}`,
    );
  }
  const [fastest, { median }] = [...times]
    .filter(([peer]) => peer !== OURS)
    .reduce((a, b) => (b[1].median < a[1].median ? b : a));
  return { name, ours, fastest, ratio: median / ours, wanted: WANTED[name] };
}

function closeAll(loaded) {
  for (const { close } of loaded.values()) close?.();
}
