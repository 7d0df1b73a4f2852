import { readdirSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDataDirectory, removeDataDirectory } from '../support/data-directory.js';
import { failToStart, type Server, startServer } from '../support/server.js';

describe('a data directory in use', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  it('keeps its secrets to its owner', () => {
    expect(statSync(server.dataDirectory).mode & 0o007).toBe(0);
    expect(statSync(join(server.dataDirectory, 'admin-token')).mode & 0o777).toBe(0o600);
  });

  it('is refused to a second server, which names the first and ends', async () => {
    const { code, output } = await failToStart({ FLAGTREE_DATA_DIR: server.dataDirectory, DATABASE_URL: server.databaseUrl });
    expect(code).toBe(78);
    expect(output).toBe(
      `Flagtree cannot start.\n  - The data directory ${server.dataDirectory} is in use by the Flagtree server with pid ${server.pid} ` +
        `on ${hostname()}: stop that one, or set FLAGTREE_DATA_DIR to another directory\n`,
    );
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  });
});

it('goes to exactly one of three servers that start at once', async () => {
  const dataDirectory = createDataDirectory();
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => startServer({ dataDirectory })));
  const winners = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const losers = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []));
  for (const winner of winners) await winner.stop();
  removeDataDirectory(dataDirectory);
  expect(winners).toHaveLength(1);
  expect(losers).toEqual([expect.stringContaining('is in use by'), expect.stringContaining('is in use by')]);
});

it('is free again after an orderly stop', async () => {
  const dataDirectory = createDataDirectory();
  for (let round = 0; round < 2; round++) {
    const server = await startServer({ dataDirectory });
    expect(locks(dataDirectory)).toHaveLength(1);
    await server.stop();
    expect(locks(dataDirectory)).toEqual([]);
  }
  removeDataDirectory(dataDirectory);
});

function locks(dataDirectory: string): string[] {
  return readdirSync(dataDirectory).filter((name) => name.endsWith('.lock'));
}
