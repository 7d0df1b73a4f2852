import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Embedded {
  url: string;
  migrationUrl: string | null;
  stop(): Promise<void>;
}

/** A PostgreSQL of the test's own, which it may stop and start again. */
export class OwnPostgres {
  private constructor(
    private readonly parent: string,
    private readonly launch: () => Promise<Embedded>,
    private running: Embedded,
  ) {}

  static async start(): Promise<OwnPostgres> {
    return OwnPostgres.over(emptyDirectory());
  }

  /** A standby with what is there now, and with nothing of what comes later, as one that lags. It is stopped for the copy and runs again. */
  async laggingStandby(): Promise<OwnPostgres> {
    const parent = emptyDirectory();
    await this.stop();
    execFileSync('cp', ['-a', `${this.parent}/.`, parent]); // with its owners
    await this.start();
    rmSync(join(parent, 'data', 'postgres-port'));
    for (const name of readdirSync(join(parent, 'data'))) if (name.endsWith('.lock')) rmSync(join(parent, 'data', name));
    writeFileSync(join(parent, 'data', 'postgres', 'data', 'standby.signal'), '');
    return OwnPostgres.over(parent);
  }

  private static async over(parent: string): Promise<OwnPostgres> {
    const root = '../../dist/platform';
    const { openDataDirectory } = (await import(
      `${root}/data-directory/data-directory.js`
    )) as typeof import('../../src/platform/data-directory/data-directory.js');
    const { startEmbeddedPostgres } = (await import(`${root}/embedded-postgres/embedded-postgres.js`)) as typeof import('../../src/platform/embedded-postgres/embedded-postgres.js'); // prettier-ignore
    const { path } = await openDataDirectory(join(parent, 'data'), () => undefined);
    const launch = () => startEmbeddedPostgres({ dataDirectory: path, logger: { info: () => undefined, error: console.error } });
    return new OwnPostgres(parent, launch, await launch());
  }

  /** By the login that owns the tables, so that servers of the test migrate and take privileges away. */
  get url(): string {
    return this.running.migrationUrl ?? this.running.url;
  }

  /** As its superuser. */
  get administratorUrl(): string {
    const url = new URL(this.url);
    const line = readFileSync(join(this.parent, 'data', 'pgpass'), 'utf8')
      .split('\n')
      .find((each) => each.includes(':postgres:'));
    url.username = 'postgres';
    url.searchParams.set('options', '-c default_transaction_read_only=off');
    url.password = line?.split(':').at(-1) ?? '';
    return url.href;
  }

  stop(): Promise<void> {
    return this.running.stop();
  }

  /** At the same address. */
  async start(): Promise<void> {
    const { url } = this;
    this.running = await this.launch();
    if (this.url !== url) throw new Error('The PostgreSQL of this test came back at another address');
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.parent, { recursive: true, force: true });
  }
}

function emptyDirectory(): string {
  const parent = mkdtempSync(join(tmpdir(), 'flagtree-own-postgres-'));
  chmodSync(parent, 0o755);
  return parent;
}
