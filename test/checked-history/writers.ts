import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../support/api.js';
import type { Cluster, Node } from './cluster.js';
import type { Operation, Outcome } from './judge.js';
import { oneOf } from './random.js';
import { answered, outcomeOf } from './told-by-server.js';

const FLAGS = '/api/admin/feature-flags';
const ENVIRONMENTS = ['production', 'staging', 'development'];
/** The flag that all writers edit, each with `If-Match`. */
export const SHARED = 'shared';

/** What was done, and what can be expected of whoever reads from now on. */
export class Account {
  readonly operations: Operation[] = [];
  /** The number of the last acknowledged edit of each flag that one writer alone edits. */
  readonly acknowledged = new Map<string, number>();
  readonly wrong: string[] = [];
}

/** Writes to whichever server it finds, one thing after the other, in all the ways that there are to do so. */
export class Writer {
  private made = 0;

  constructor(
    readonly flag: string,
    private readonly cluster: Cluster,
    private readonly account: Account,
    private readonly random: () => number,
  ) {}

  async write(isOver: () => boolean): Promise<void> {
    const ways = ['edit', 'edit', 'editWhatWasRead', 'override', 'make', 'editMany'] as const;
    while (!isOver()) {
      await this[oneOf(this.random, ways)]();
      await sleep(this.random() * 60);
    }
  }

  /** Without `If-Match`: the last one holds. */
  private async edit(): Promise<void> {
    const number = ++this.made;
    const outcome = await this.once(({ api }, reason) => api.patch(`${FLAGS}/${this.flag}`, { description: reason, reason }));
    if (outcome.kind === 'acknowledged') this.account.acknowledged.set(this.flag, number);
  }

  private async editWhatWasRead(): Promise<void> {
    const node = oneOf(this.random, this.cluster.nodes);
    const read = await answered(node.api.get(`${FLAGS}/${SHARED}`), this.account.wrong);
    if (read?.status !== 200) return;
    this.made++;
    const headers = { 'if-match': read.headers.get('etag') ?? '' };
    const send = ({ api }: Node, reason: string) => api.patch(`${FLAGS}/${SHARED}`, { description: reason, reason }, { headers });
    await this.once(send, read.body.description as string);
  }

  private async override(): Promise<void> {
    this.made++;
    const path = `/api/admin/environments/${oneOf(this.random, ENVIRONMENTS)}/feature-flags/${this.flag}`;
    await this.once(({ api }, reason) => api.put(path, { percentage: (this.made % 1_000) / 10, reason }));
  }

  /** With a key, again and again until there is an answer: it has one effect. */
  private async make(): Promise<void> {
    this.made++;
    await this.untilAnswered((reason) => [FLAGS, { key: reason, enabled: true, reason }]);
  }

  private async editMany(): Promise<void> {
    this.made++;
    await this.untilAnswered((reason) => [
      '/api/admin/bulk',
      {
        operation: 'set',
        flags: [this.flag, SHARED],
        environments: ENVIRONMENTS,
        set: { percentage: (this.made % 999) / 10, enabled: true },
        reason,
      },
    ]);
  }

  private async once(send: (node: Node, mark: string) => Promise<Answer>, basedOn?: string): Promise<Outcome> {
    const mark = this.mark();
    const at = new Date().toISOString();
    const node = oneOf(this.random, this.cluster.nodes);
    const outcome = await outcomeOf(send(node, mark), this.account.wrong);
    this.account.operations.push({ mark, outcome, at: `${at} on ${node.name}`, ...(basedOn !== undefined && { basedOn }) });
    return outcome;
  }

  private async untilAnswered(request: (mark: string) => [string, object]): Promise<void> {
    const mark = this.mark();
    const at = new Date().toISOString();
    const [path, body] = request(mark);
    const headers = { 'idempotency-key': mark };
    let outcome: Outcome = { kind: 'unknown' };
    for (let attempt = 1; attempt <= 40 && outcome.kind !== 'acknowledged'; attempt++) {
      const node = oneOf(this.random, this.cluster.nodes);
      const last = await outcomeOf(node.api.post(path, body, { headers }), this.account.wrong);
      // a refusal of the second attempt says nothing of the first
      outcome = last.kind === 'refused' && attempt > 1 ? { kind: 'unknown' } : last;
      if (outcome.kind === 'refused') break;
      if (outcome.kind === 'unknown') await sleep(200);
    }
    this.account.operations.push({ mark, outcome, at });
  }

  /** Ends with its number. */
  private mark(): string {
    return `${this.flag}-${String(this.made)}`;
  }
}
