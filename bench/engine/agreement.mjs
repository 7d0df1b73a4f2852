/** Every peer, loaded with the flags that it supports, by name. */
export async function loadAll(peers, flags) {
  const loaded = new Map();
  for (const peer of peers) if (peer.supports(flags)) loaded.set(peer.name, await peer.load(flags));
  return loaded;
}

/** What each says of a user, by name; equal or not. */
export async function answersTo(loaded, key, user) {
  const answers = new Map();
  for (const [name, peer] of loaded) answers.set(name, await peer.one(key, peer.contextOf(user)));
  return answers;
}

/** The one answer that all give, or undefined. */
export async function commonAnswer(loaded, key, user) {
  const answers = new Set((await answersTo(loaded, key, user)).values());
  return answers.size === 1 ? [...answers][0] : undefined;
}

/** @throws where two peers differ: then they were not given the same work. */
export async function assertAgreement(loaded, key, users) {
  let on = 0;
  for (const user of users) {
    const answers = await answersTo(loaded, key, user);
    if (new Set(answers.values()).size !== 1) {
      throw new Error(
        `The answers for ${key} and ${JSON.stringify(user)} differ: ${JSON.stringify(Object.fromEntries(answers))}`,
      );
    }
    if ([...answers.values()][0] === true) on++;
  }
  return { compared: users.length, on };
}

/** Users of whom all peers say the same: so many who are in, so many who are out. */
export async function agreedUsers(loaded, { flag, candidates, candidateCount, wanted }) {
  const found = { in: [], out: [] };
  for (let i = 0; i < candidateCount; i++) {
    const user = candidates(i);
    const answer = await commonAnswer(loaded, flag.key, user);
    if (answer === true && found.in.length < wanted.in) found.in.push(user);
    if (answer === false && found.out.length < wanted.out) found.out.push(user);
    if (found.in.length === wanted.in && found.out.length === wanted.out) return [...found.in, ...found.out];
  }
  throw new Error(`Among ${String(candidateCount)} candidates are not enough of whom all peers say the same.`);
}
