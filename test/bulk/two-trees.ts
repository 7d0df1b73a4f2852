import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';

export const FLAGS = '/api/admin/feature-flags';
export const ENVIRONMENTS = '/api/admin/environments';
export const BULK = '/api/admin/bulk';
export const variants = [{ key: 'a', value: 'A' }, { key: 'b', value: 'B' }]; // prettier-ignore

/** A server with four flags, and with two trees beside the first one. */
export class TwoTrees {
  private constructor(
    readonly server: Server,
    readonly admin: Api,
  ) {}

  static async start(): Promise<TwoTrees> {
    const server = await startServer();
    const admin = await Api.of(server.url, server.adminToken);
    for (const key of ['ui.one', 'ui.two', 'api.one']) await admin.post(FLAGS, { key, tags: [key.split('.')[0]] });
    await admin.post(FLAGS, { key: 'text', type: 'string', variants });
    for (const [slug, parent, settings] of [
      ['eu', null],
      ['eu-test', 'eu'],
      ['us', null],
      ['us-test', 'us'],
      ['vault', 'us', { protected: true }],
    ] as const) {
      await admin.post(ENVIRONMENTS, { slug, parent, ...(settings ? { settings } : {}) });
    }
    return new TwoTrees(server, admin);
  }

  /** Takes away every override. */
  clear = () =>
    this.admin.post(BULK, { operation: 'clear', flags: ['*'], environments: ['production', 'eu', 'us'], subtree: true });

  revision = async () => Number((await sql(this.server.databaseUrl, 'SELECT revision FROM flagtree.ledger'))[0]?.['revision']);

  /** What an environment overrides itself: by flag, the fields that say something. */
  overrides = async (slug: string) =>
    Object.fromEntries(
      ((await this.admin.get(`${ENVIRONMENTS}/${slug}/feature-flags`)).body.items as Record<string, unknown>[]).map(
        ({ flag, environment: _e, id: _i, version: _v, revision: _r, createdAt: _c, updatedAt: _u, ...values }) => [
          flag as string,
          Object.fromEntries(
            Object.entries(values).filter(([name, value]) => value !== null && !(name === 'rulesMode' && value === 'replace')),
          ),
        ],
      ),
    );

  resolved = async (slug: string, key: string) => {
    const { resolved: fields } = (await this.admin.get(`${FLAGS}/${key}?env=${slug}`)).body as {
      resolved: Record<string, { value: unknown }>;
    };
    return Object.fromEntries(Object.entries(fields).map(([field, { value }]) => [field, value]));
  };
}
