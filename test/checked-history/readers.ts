import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, Node } from './cluster.js';
import { oneOf } from './random.js';
import { answered } from './told-by-server.js';
import type { Account } from './writers.js';

/** What readers saw that nobody may see. */
export class Seen {
  evaluations = 0;
  reads = 0;
  /** Reads that said themselves that they may be old. */
  stale = 0;
  readonly wentBack: string[] = [];
  readonly untrue: string[] = [];
  readonly failed: string[] = [];
  /** Marks that were read: each has to be in the log. */
  readonly marks = new Set<string>();
}

/** Evaluates on one server, which never has to wait for a database. */
export async function evaluate(node: Node, token: string, seen: Seen, isOver: () => boolean): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ context: { targetingKey: 'user-1' } });
  while (!isOver()) {
    const { starts, isUp } = node;
    const url = `${node.api.url}/ofrep/v1/evaluate/flags/shared?env=production`;
    const status = await fetch(url, { method: 'POST', headers, body }).then(
      async (answer) => (await answer.arrayBuffer(), answer.status),
      () => null,
    );
    const livedOn = isUp && node.isUp && node.starts === starts;
    if (status === 200) seen.evaluations++;
    else if (livedOn) seen.failed.push(`${node.name}: an evaluation was answered with ${String(status)}`);
    await sleep(25);
  }
}

/** The revisions by which one server evaluates, from one start to the next. */
export async function watchRevisions(node: Node, seen: Seen, isOver: () => boolean): Promise<void> {
  let last = { starts: 0, revision: 0 };
  while (!isOver()) {
    const { starts } = node;
    const answer = await answered(node.api.get('/api/feature-flags/environment?env=production'), seen.failed);
    if (answer?.status === 200 && node.starts === starts) {
      const revision = answer.body.revision as number;
      if (last.starts === starts && revision < last.revision)
        seen.wentBack.push(`${node.name}: revision ${String(revision)} after ${String(last.revision)}`);
      last = { starts, revision };
    }
    await sleep(50);
  }
}

/** Reads of the management API, on any server: each sees what was acknowledged before it began, or says that it may not. */
export async function read(
  cluster: Cluster,
  flags: readonly string[],
  account: Account,
  seen: Seen,
  random: () => number,
  isOver: () => boolean,
) {
  while (!isOver()) {
    const [node, flag] = [oneOf(random, cluster.nodes), oneOf(random, flags)];
    const acknowledged = account.acknowledged.get(flag) ?? 0;
    const answer = await answered(node.api.get(`/api/admin/feature-flags/${flag}`), seen.failed);
    if (answer?.status === 200) {
      const mark = answer.body.description as string | null;
      if (mark !== null) seen.marks.add(mark);
      const number = Number(mark?.split('-').at(-1) ?? 0);
      if (answer.headers.has('flagtree-stale-since')) seen.stale++;
      else if (number < acknowledged)
        seen.untrue.push(
          `${flag} was read as edit ${String(number)} on ${node.name} after ${String(acknowledged)} was acknowledged`,
        );
      seen.reads++;
    }
    await sleep(20);
  }
}
