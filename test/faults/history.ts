import { expect } from '@jest/globals';
import { Reader, until } from '../streaming/reader.js';
import type { Api } from '../support/api.js';

const SNAPSHOT = '/api/feature-flags/snapshot';

/**
 * Keeps what readers of event streams were told, and holds it against what must hold of every such history: revisions only increase, nothing
 * is told twice, and who applies the events ends up with what the database has.
 */
export class History {
  private readonly readers: { reader: Reader; environment: string; api: Api }[] = [];

  follow(api: Api, token: string, environment: string): Reader {
    const reader = new Reader(`${api.url}/api/feature-flags/stream?env=${environment}`, { token });
    this.readers.push({ reader, environment, api });
    return reader;
  }

  /** Once `truth` knows of the last change, and every reader has heard of it. */
  async check(truth: Api, withinMs = 15_000): Promise<void> {
    for (const { reader, environment } of this.readers) {
      const isTold = async () =>
        this.lastTag(reader) === (await truth.get(`/api/feature-flags/environment?env=${environment}`)).body.etag;
      await until(isTold, `the last change of ${environment}`, withinMs);
      const ids = reader.events.map(({ id }) => id);
      expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
      expect(reader.events.filter(({ event }) => event === 'reset')).toEqual([]);
    }
    for (const { environment, api } of this.readers) {
      const [here, there] = [await api.get(`${SNAPSHOT}?env=${environment}`), await truth.get(`${SNAPSHOT}?env=${environment}`)];
      expect({ ...here.body, revision: 0 }).toEqual({ ...there.body, revision: 0 });
    }
  }

  close(): void {
    for (const { reader } of this.readers) reader.close();
  }

  private lastTag(reader: Reader): string | undefined {
    return reader.events.at(-1)?.data.etag as string | undefined;
  }
}
