import { makeFlag, makeToken, setOverride, editFlag } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { until } from '../support/until.js';
import { History } from './history.js';
import { PostgresLink } from './postgres-link.js';

const ENVIRONMENTS = ['production', 'staging', 'development'];

/** Three servers of one database: the first beside it, the other two over links of their own that the tests break. */
export class ThreeServers {
  private constructor(
    private readonly servers: TestServer[],
    readonly links: [PostgresLink, PostgresLink],
    readonly apis: [Api, Api, Api],
    private readonly token: string,
  ) {}

  static async start(): Promise<ThreeServers> {
    const first = await startServer();
    const links: [PostgresLink, PostgresLink] = [
      await PostgresLink.to(first.databaseUrl),
      await PostgresLink.to(first.databaseUrl),
    ];
    const others = await Promise.all(
      links.map(({ url }) => startServer({ env: { DATABASE_URL: url, FLAGTREE_ADMIN_TOKEN: first.adminToken } })),
    );
    const servers = [first, ...others];
    const apis = (await Promise.all(servers.map(({ url }) => Api.of(url, first.adminToken)))) as [Api, Api, Api];
    await makeFlag(apis[0], 'lamp');
    await makeFlag(apis[1], 'door');
    const token = await makeToken(apis[2], ['production'], { includeDescendants: true });
    const revisions = () => Promise.all(apis.map((api) => revisionOf(api)));
    await until(async () => (await revisions()).every((one, _, [head]) => one === head), 'equal revisions');
    return new ThreeServers(servers, links, apis, token);
  }

  /** Readers of every environment on every server. */
  async read(): Promise<History> {
    const told = new History();
    for (const api of this.apis) for (const slug of ENVIRONMENTS) await told.follow(api, this.token, slug).first(1);
    return told;
  }

  /** Writes through all three servers, and once as a DBA. */
  async write(rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      await Promise.all([
        editFlag(this.apis[0], 'lamp', { percentage: round }),
        setOverride(this.apis[1], 'staging', 'door', { percentage: round }),
        editFlag(this.apis[2], 'door', { enabled: round % 2 === 0 }),
      ]);
    }
    await sql(this.servers[0]?.databaseUrl ?? '', `UPDATE flagtree.flags SET percentage = 77 WHERE key = 'lamp'`);
  }

  async stop(): Promise<void> {
    for (const server of [...this.servers].reverse()) await server.stop();
    for (const link of this.links) await link.close();
  }
}

const revisionOf = async (api: Api) => (await api.get('/api/feature-flags/environment')).body.revision as number;
