import { expect } from '@jest/globals';
import { Reader } from '../streaming/reader.js';
import type { Api } from '../support/api.js';
import { sql } from '../support/sql.js';
import { until } from '../support/until.js';
import { Told } from './told.js';

const SNAPSHOT = '/api/feature-flags/snapshot';

/** Readers of event streams, what each was told, and whether all of them ended up with what the servers and the database have. */
export class History {
  private readonly readers: { reader: Reader; told: Told; environment: string; api: Api }[] = [];

  follow(api: Api, token: string, environment: string): Reader {
    const reader = new Reader(`${api.url}/api/feature-flags/stream?env=${environment}`, { token });
    this.readers.push({ reader, told: new Told(), environment, api });
    return reader;
  }

  /** Once `truth` knows of the last change, and every reader has heard of it. */
  async check(truth: Api, withinMs = 15_000): Promise<void> {
    for (const { reader, told, environment, api } of this.readers) {
      const isTold = async () => lastTagOf(reader) === (await tagOf(truth, environment));
      await until(isTold, `the last change of ${environment}`, withinMs);
      for (const event of reader.events.splice(0)) told.hear(event);
      expect({ violations: told.violations, resets: told.resets }).toEqual({ violations: [], resets: 0 });
      const now = await flagsOf(api, environment);
      expect(told.missed(now)).toEqual([]);
      expect(now).toEqual(await flagsOf(truth, environment));
    }

    function lastTagOf({ events }: Reader): unknown {
      return events.at(-1)?.data.etag;
    }
  }

  close(): void {
    for (const { reader } of this.readers) reader.close();
  }
}

export async function tagOf(api: Api, environment: string): Promise<unknown> {
  return (await api.get(`/api/feature-flags/environment?env=${environment}`)).body.etag;
}

export async function flagsOf(api: Api, environment: string): Promise<Record<string, Resolved>> {
  return (await api.get(`${SNAPSHOT}?env=${environment}`)).body.flags as Record<string, Resolved>;
}

type Resolved = Record<'enabled' | 'percentage' | 'variants' | 'defaultVariant' | 'offVariant', unknown>;

/** The servers' snapshots of an environment against the database's own view of it. */
export async function expectAsInDatabase(databaseUrl: string, apis: readonly Api[], environment: string): Promise<void> {
  const rows = await sql(
    databaseUrl,
    `SELECT resolved.flag, resolved.enabled, resolved.percentage::float8 AS percentage, resolved.variants,
            resolved.default_variant AS "defaultVariant", resolved.off_variant AS "offVariant"
       FROM flagtree.resolved_flags AS resolved WHERE resolved.environment = $1 ORDER BY resolved.flag`,
    [environment],
  );
  for (const api of apis) {
    const flags = Object.entries(await flagsOf(api, environment)).sort(([one], [other]) => (one < other ? -1 : 1));
    expect(
      flags.map(([flag, { enabled, percentage, variants, defaultVariant, offVariant }]) => ({
        ...{ flag, enabled, percentage, variants, defaultVariant, offVariant },
      })),
    ).toEqual(rows);
  }
}
