import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Embedded {
  url: string;
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
    const root = '../../dist/platform';
    const { openDataDirectory } = (await import(
      `${root}/data-directory/data-directory.js`
    )) as typeof import('../../src/platform/data-directory/data-directory.js');
    const { startEmbeddedPostgres } = (await import(`${root}/embedded-postgres/embedded-postgres.js`)) as typeof import('../../src/platform/embedded-postgres/embedded-postgres.js'); // prettier-ignore
    const parent = mkdtempSync(join(tmpdir(), 'flagtree-own-postgres-'));
    chmodSync(parent, 0o755);
    const { path } = await openDataDirectory(join(parent, 'data'), () => undefined);
    const launch = () => startEmbeddedPostgres({ dataDirectory: path, logger: { info: () => undefined, error: console.error } });
    return new OwnPostgres(parent, launch, await launch());
  }

  get url(): string {
    return this.running.url;
  }

  stop(): Promise<void> {
    return this.running.stop();
  }

  /** At the same address. */
  async start(): Promise<void> {
    const { url } = this.running;
    this.running = await this.launch();
    if (this.running.url !== url) throw new Error('The PostgreSQL of this test came back at another address');
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.parent, { recursive: true, force: true });
  }
}
