import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from '../support/sql.js';
import type { Cluster, Node } from './cluster.js';
import { oneOf, shuffled } from './random.js';

interface Scene {
  cluster: Cluster;
  node: Node;
  random: () => number;
}

const between = (random: () => number, from: number, to: number) => from + random() * (to - from);

/** What happens to the next COMMIT, and to the way to the database with it. */
function loseCommit(how: 'unanswered' | 'lost' | 'swallowed' | 'stuck', awayMs = 0): (scene: Scene) => Promise<void> {
  return async ({ node: { link } }) => {
    link.commits = how;
    link.onFault = () => {
      link.commits = 'pass';
      if (awayMs > 0) link.isOpen = false;
      if (awayMs > 0) link.reset();
    };
    await sleep(1_000 + awayMs);
    link.commits = 'pass';
    link.isOpen = true;
  };
}

const NOTIFICATIONS = ['drop', 'late', 'twice'] as const;

/** Each ends with what it broke mended; what the servers make of it may take longer. */
const FAULTS: Record<string, (scene: Scene) => Promise<void> | void> = {
  'connections reset': ({ node }) => {
    node.link.reset();
  },
  'half-open connections': ({ node }) => {
    node.link.freeze();
  },
  'no way to the database': async ({ node: { link }, random }) => {
    link.isOpen = false;
    link.reset();
    await sleep(between(random, 200, 4_000));
    link.isOpen = true;
  },
  'notifications lost, late or twice': async ({ node: { link }, random }) => {
    link.notifications = oneOf(random, NOTIFICATIONS);
    await sleep(between(random, 500, 3_000));
    link.notifications = 'pass';
  },
  'a commit without its answer': loseCommit('unanswered'),
  'a commit that does not arrive': loseCommit('lost'),
  'a commit and then silence': loseCommit('swallowed'),
  'a commit that is stuck': loseCommit('stuck'),
  'a commit whose fate cannot be asked': loseCommit('unanswered', 8_000),
  'a storm of terminated sessions': async ({ cluster, random }) => {
    const terminate = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
    for (let round = 0; round < 5; round++) {
      await sql(cluster.database.url, terminate);
      await sleep(between(random, 20, 400));
    }
  },
  'a kill': async ({ node }) => {
    await node.end('SIGKILL');
    await node.start();
  },
  'a kill while there is no way to the database': async ({ node }) => {
    node.link.isOpen = false;
    node.link.reset();
    await sleep(1_500); // what it knew is on disk
    await node.end('SIGKILL');
    await node.start();
    await sleep(500);
    node.link.isOpen = true;
  },
  'a restart in order': async ({ node }) => {
    await node.end('SIGTERM');
    await node.start();
  },
  'a process that stands still': async ({ node, random }) => {
    node.signal('SIGSTOP');
    await sleep(between(random, 500, 3_000));
    node.signal('SIGCONT');
  },
};

/** One after the other, each kind once before any comes again. Returns how often each was there. */
export async function breakThings(cluster: Cluster, random: () => number, isOver: () => boolean): Promise<Map<string, number>> {
  const done = new Map<string, number>();
  while (!isOver()) {
    for (const [name, fault] of shuffled(random, Object.entries(FAULTS))) {
      if (isOver()) break;
      await fault({ cluster, node: oneOf(random, cluster.nodes), random });
      done.set(name, (done.get(name) ?? 0) + 1);
      await sleep(between(random, 50, 800));
    }
  }
  return done;
}
