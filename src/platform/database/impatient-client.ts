import type { Socket } from 'node:net';
import pg from 'pg';

const GAVE_UP = 'Query read timeout';

/**
 * A connection that is thrown away when an answer has not come in time. The driver alone gives up the query but keeps the connection, and the
 * pool hands it out again: with a half-open one (the other side is gone, and nobody said so) every later query would wait as long in vain.
 * The other connections of this process that are idle are thrown away with it: they went the same way, and new ones cost little.
 */
export class ImpatientClient extends pg.Client {
  private static readonly open = new Set<ImpatientClient>();
  private pending = 0;

  /** Throws away what nobody uses just now: the next query connects anew, and perhaps to another server of that name. */
  static discardIdle(): void {
    for (const client of ImpatientClient.open) if (client.pending === 0) client.discard();
  }

  constructor(config: pg.ClientConfig) {
    super(config);
    ImpatientClient.open.add(this);
    this.once('end', () => ImpatientClient.open.delete(this));
  }

  // The driver has many overloads of this one method, all of which come out as they went in.
  override query = ((...args: unknown[]): unknown => {
    const result = (pg.Client.prototype.query as (...args: unknown[]) => unknown).apply(this, args);
    if (result instanceof Promise) this.watch(result);
    return result;
  }) as pg.Client['query'];

  private watch(result: Promise<unknown>): void {
    this.pending++;
    result
      .catch((error: unknown) => {
        if (!(error instanceof Error) || error.message !== GAVE_UP) return;
        this.discard();
        ImpatientClient.discardIdle();
      })
      .finally(() => this.pending--);
  }

  private discard(): void {
    ImpatientClient.open.delete(this);
    (this as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
  }
}
