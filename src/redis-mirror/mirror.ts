import { setTimeout as sleep } from 'node:timers/promises';
import type { Snapshot } from '@flagtree/engine';
import { changesBetween, type EnvironmentChange, messagesOf, type MirrorContent } from './mirror-content.js';
import { keyOf, type MirrorRedis, partsOfKey, type WriteMode, type WriteOutcome } from './mirror-redis.js';
import { fingerprintOf, mirrorValue } from './mirror-value.js';

/** Keys to a script: each is worked out, sent and written in a few milliseconds, so that nobody on either side waits long. */
const BATCH = 200;
/** How long a writer that is under way may take to finish, before what it wrote counts as wrong. */
const GRACE_MS = 1_000;

interface Range {
  mode: WriteMode;
  from: number;
  to: number;
}

/** Brings what Redis holds to what it should hold. Every step can be repeated; several servers may do the same at once. */
export class Mirror {
  constructor(private readonly redis: MirrorRedis) {}

  /** The difference of two revisions, with a message for each environment. Small ones happen at once, or not at all. */
  async change(from: MirrorContent, to: MirrorContent): Promise<WriteOutcome> {
    const revision = to.state.revision;
    const range: Range = { mode: 'change', from: from.state.revision, to: revision };
    const changes = changesBetween(from, to);
    const batches = [...batchesOf(changes.flatMap((change) => [...writesOf(change)]))];
    const last = batches.pop() ?? [];
    const messages = messagesOf(changes, to).map((message) => JSON.stringify(message));
    for (const batch of batches) {
      const outcome = await this.send(range, batch, null);
      if (outcome !== 'written') return outcome;
    }
    return this.send(range, last, messages);
  }

  /** All of it: every value is written, every key that should not be there is deleted. */
  async rebuild(content: MirrorContent, mode: Exclude<WriteMode, 'change'>): Promise<WriteOutcome> {
    const range: Range = { mode, from: 0, to: content.state.revision };
    const outcome = await this.sendAll(range, everythingOf(content));
    if (outcome !== 'written') return outcome;
    await this.sendAll(range, deletionsOf(await this.strangers(content)));
    return this.send(
      range,
      [],
      [JSON.stringify({ environment: null, aliases: null, revision: range.to, changed: null, deleted: null })],
    );
  }

  /** Compares every key with what it should hold, and mends those that differ. Returns how many. */
  async repair(content: MirrorContent): Promise<number> {
    const wrong = await this.differing(everythingOf(content));
    const strangers = await this.strangers(content);
    if (wrong.length + strangers.length === 0) return 0;
    const range = { from: 0, to: content.state.revision };
    await this.sendAll({ ...range, mode: 'repair' }, [...wrong, ...deletionsOf(strangers)]);
    // What claims to be of a newer revision is spared at first, since it may be so.
    await sleep(GRACE_MS, undefined, { ref: false });
    const stubborn = await this.differing(wrong);
    const held = await this.redis.revision();
    if (held !== null && held <= range.to) await this.sendAll({ ...range, mode: 'replace' }, stubborn);
    return wrong.length + strangers.length;
  }

  private async sendAll(range: Range, writes: Iterable<Write>): Promise<WriteOutcome> {
    for (const batch of batchesOf(writes)) {
      const outcome = await this.send(range, batch, null);
      if (outcome !== 'written') return outcome;
    }
    return 'written';
  }

  private send(range: Range, batch: readonly Write[], finish: readonly string[] | null): Promise<WriteOutcome> {
    const values = new Map(batch.map(({ key, value }) => [key, value(range.to)]));
    return this.redis.write({ ...range, values, finish });
  }

  private async differing(expected: Iterable<Write>): Promise<Write[]> {
    const wrong: Write[] = [];
    for (const batch of batchesOf(expected)) {
      const found = await this.redis.fingerprints(batch.map(({ key }) => key));
      wrong.push(...batch.filter(({ fingerprint }, index) => fingerprint() !== found[index]));
    }
    return wrong;
  }

  /** Keys of ours that should not be there. */
  private async strangers({ flags }: MirrorContent): Promise<string[]> {
    const found: string[] = [];
    for await (const keys of this.redis.keys()) found.push(...keys.filter((key) => isStranger(key, flags)));
    return found;
  }
}

/** One key: its value is made when it is sent, so that a whole mirror is never in memory at once. */
interface Write {
  key: string;
  value: (revision: number) => string | null;
  fingerprint: () => string;
}

function* everythingOf({ flags }: MirrorContent): Generator<Write> {
  for (const [environment, table] of flags) yield* writesOf({ environment, changed: table.values(), deleted: [] });
}

type Writable = Pick<EnvironmentChange, 'environment' | 'deleted'> & { changed: Iterable<EnvironmentChange['changed'][number]> };

function* writesOf({ environment, changed, deleted }: Writable): Generator<Write> {
  for (const flag of changed) {
    yield {
      key: keyOf(environment, flag.key),
      value: (revision) => mirrorValue(flag, revision),
      fingerprint: () => fingerprintOf(flag),
    };
  }
  yield* deletionsOf(deleted.map((key) => keyOf(environment, key)));
}

function* deletionsOf(keys: readonly string[]): Generator<Write> {
  for (const key of keys) yield { key, value: () => null, fingerprint: () => '' };
}

function* batchesOf(writes: Iterable<Write>): Generator<Write[]> {
  let batch: Write[] = [];
  for (const write of writes) {
    batch.push(write);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function isStranger(key: string, flags: ReadonlyMap<string, Snapshot['flags']>): boolean {
  const place = partsOfKey(key);
  return place !== null && flags.get(place.environment)?.has(place.flag) !== true;
}
