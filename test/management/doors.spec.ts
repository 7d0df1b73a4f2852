import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';

const ENVIRONMENTS = '/api/admin/environments';
const FLAGS = '/api/admin/feature-flags';
const IMPORT = '/api/admin/import';

let server: Server;
let admin: Api;
const callers: Record<string, Api> = {};

/*
 * base                            free
 * ├── live   {"protected": true}  guarded
 * │   ├── eu                      guarded by live
 * │   └── pilot {"protected": false}
 * ├── signed {"require_approval": true}
 * └── qa                          free
 *     └── qa-child
 */
beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
  const tree: [slug: string, parent: string | null, settings?: object][] = [
    ['base', null],
    ['live', 'base', { protected: true }],
    ['eu', 'live'],
    ['pilot', 'live', { protected: false }],
    ['signed', 'base', { require_approval: true }],
    ['qa', 'base'],
    ['qa-child', 'qa'],
  ];
  for (const [slug, parent, settings = {}] of tree)
    expect((await admin.post(ENVIRONMENTS, { slug, parent, settings })).status).toBe(201);
  await admin.patch(`${ENVIRONMENTS}/live`, { aliases: ['the-live-one'] });
  for (const key of ['pay', 'other']) await admin.post(FLAGS, { key });
  await admin.put(`${FLAGS}/pay/checks/everywhere`, { context: {}, variant: 'off' });
  await admin.put(`${FLAGS}/pay/checks/in-qa`, { context: {}, variant: 'off', environment: 'qa' });
  await admin.put('/api/admin/pipelines/to-pilot', { steps: [{ environment: 'qa' }, { environment: 'pilot' }] });
  const tokens: Record<string, object> = {
    developer: { role: 'developer' },
    promoter: { role: 'promoter' },
    'developer of qa': { role: 'developer', environments: ['qa'], includeDescendants: true },
    'viewer of qa': { role: 'viewer', environments: ['qa'] },
  };
  for (const [name, body] of Object.entries(tokens)) {
    const { token } = (await admin.post('/api/admin/tokens', { name, kind: 'admin', ...body })).body as { token: string };
    callers[name] = admin.as(token);
  }
  // Had the name "gone" last: guarded, and deleted since. "plain" was free.
  await admin.post(ENVIRONMENTS, { slug: 'gone', parent: 'base', settings: { protected: true } });
  await admin.post(ENVIRONMENTS, { slug: 'gone-child', parent: 'live' });
  await admin.post(ENVIRONMENTS, { slug: 'plain', parent: 'base' });
  for (const slug of ['gone', 'gone-child', 'plain']) expect((await admin.delete(`${ENVIRONMENTS}/${slug}`)).status).toBe(204);
});
afterAll(() => server.stop());

type Door = [method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: object];

const document = (rest: object) => ({ format: 'flagtree-states', version: 1, ...rest });
const item = (slug: string, parent: string | null, rest: object = {}) => ({ slug, name: slug, parent, ...rest });
const importing = (rest: object, query = '?force=true'): Door => ['POST', IMPORT + query, document(rest)];

/** Each attack through each door, by whom it is tried: it is refused with this code, and leaves nothing behind. */
const ATTACKS: [what: string, who: string, door: Door, code: string][] = [
  // New roots are an admin's.
  ['a new root is created', 'promoter', ['POST', ENVIRONMENTS, { slug: 'root' }], 'role-too-low'],
  ['an environment becomes a root', 'developer', ['PATCH', `${ENVIRONMENTS}/qa?force=true`, { parent: null }], 'role-too-low'],
  ['an environment becomes a root', 'promoter', ['PATCH', `${ENVIRONMENTS}/qa-child`, { parentId: null }], 'role-too-low'],
  ['children become roots by a deletion', 'promoter', ['DELETE', `${ENVIRONMENTS}/base?force=true`], 'role-too-low'],
  ['a new root is imported', 'promoter', importing({ environments: [item('root', null)] }), 'role-too-low'],
  ['an import makes a root', 'developer', importing({ environments: [item('qa', null)] }), 'role-too-low'],
  ['a root is restored', 'promoter', ['POST', `${ENVIRONMENTS}/plain/restore`, { parent: null }], 'role-too-low'],

  // What a guard comes to is an admin's to change, in both directions, by whatever row.
  ['protection is lifted by a setting', 'promoter', ['PATCH', `${ENVIRONMENTS}/live`, { settings: { protected: false } }], 'role-too-low'],
  ['protection is lifted by taking the setting out', 'promoter', ['PATCH', `${ENVIRONMENTS}/live`, { settings: { protected: null } }], 'role-too-low'],
  ['protection is lifted below by a setting', 'promoter', ['PATCH', `${ENVIRONMENTS}/eu`, { settings: { protected: false } }], 'role-too-low'],
  ['protection is lifted by a move', 'promoter', ['PATCH', `${ENVIRONMENTS}/eu?force=true`, { parent: 'base' }], 'role-too-low'],
  ['protection is lifted by an imported move', 'promoter', importing({ environments: [item('eu', 'base')] }), 'role-too-low'],
  ['protection is lifted by an imported setting', 'promoter', importing({ environments: [item('live', 'base')] }), 'role-too-low'],
  ['protection is set', 'promoter', ['PATCH', `${ENVIRONMENTS}/qa`, { settings: { protected: true } }], 'role-too-low'],
  ['protection comes by a move', 'developer', ['PATCH', `${ENVIRONMENTS}/qa-child`, { parent: 'live' }], 'role-too-low'],
  ['approval is lifted', 'promoter', ['PATCH', `${ENVIRONMENTS}/signed`, { settings: { require_approval: false } }], 'role-too-low'],
  ['approval is asked for', 'developer', ['PATCH', `${ENVIRONMENTS}/qa`, { settings: { require_approval: true } }], 'role-too-low'],
  ['protection is lifted by a restore elsewhere', 'promoter', ['POST', `${ENVIRONMENTS}/gone-child/restore`, { parent: 'base' }], 'role-too-low'],

  // Guarded environments stay, and stay active.
  ['a guarded environment is deleted', 'promoter', ['DELETE', `${ENVIRONMENTS}/live?force=true`], 'role-too-low'],
  ['one guarded by its parent is deleted', 'promoter', ['DELETE', `${ENVIRONMENTS}/eu`], 'role-too-low'],
  ['one that asks for approval is deleted', 'developer', ['DELETE', `${ENVIRONMENTS}/signed`], 'role-too-low'],
  ['a guarded environment is left out of an import', 'promoter', importing({ environments: [item('base', null), item('qa', 'base')] }, '?mode=replace&force=true'), 'role-too-low'],
  ['a guarded environment is deactivated', 'promoter', ['PATCH', `${ENVIRONMENTS}/live`, { isActive: false }], 'role-too-low'],
  ['a guarded environment is deactivated by an import', 'promoter', importing({ environments: [item('live', 'base', { settings: { protected: true }, isActive: false })] }), 'role-too-low'],

  // Names of guarded environments are not given away.
  ['the slug of a guarded environment that is gone is taken', 'developer', ['POST', ENVIRONMENTS, { slug: 'gone', parent: 'qa' }], 'role-too-low'],
  ['the slug of one that was guarded by its parent is taken', 'promoter', ['POST', ENVIRONMENTS, { slug: 'gone-child', parent: 'qa' }], 'role-too-low'],
  ['such a slug becomes an alias', 'developer', ['PATCH', `${ENVIRONMENTS}/qa`, { aliases: ['gone'] }], 'role-too-low'],
  ['such a slug is imported', 'promoter', importing({ environments: [item('gone', 'qa')] }), 'role-too-low'],

  // Protected environments change by promoters alone, wherever the change is written.
  ['an override of a protected environment is written', 'developer', ['PUT', `${ENVIRONMENTS}/live/feature-flags/pay`, { enabled: true }], 'environment-protected'],
  ['an override above it is written', 'developer', ['PUT', `${ENVIRONMENTS}/base/feature-flags/pay`, { enabled: true }], 'environment-protected'],
  ['the base is turned on', 'developer', ['PATCH', `${FLAGS}/pay`, { enabled: true }], 'environment-protected'],
  ['a flag is archived', 'developer', ['DELETE', `${FLAGS}/pay`], 'environment-protected'],
  ['a flag is created that is on', 'developer', ['POST', FLAGS, { key: 'born-on', enabled: true }], 'environment-protected'],
  ['it is imported', 'developer', importing({ overrides: [{ environment: 'live', flag: 'pay', enabled: true }] }), 'environment-protected'],
  ['it is written in bulk', 'developer', ['POST', '/api/admin/bulk', { operation: 'enable', flags: ['pay'], environments: ['live'] }], 'environment-protected'],
  ['it is kept by an override', 'developer', ['PUT', `${ENVIRONMENTS}/base/feature-flags/pay`, { enabled: true, keep: ['live'] }], 'environment-protected'],
  ['it is described', 'developer', ['PATCH', `${ENVIRONMENTS}/live`, { description: 'mine' }], 'environment-protected'],
  ['a child is made that is protected by its parent', 'developer', ['POST', ENVIRONMENTS, { slug: 'live-child', parent: 'live' }], 'environment-protected'],

  // What is of every environment is of those who may write all of them.
  ['a check of every environment is deleted', 'developer of qa', ['DELETE', `${FLAGS}/pay/checks/everywhere`], 'environment-out-of-scope'],
  ['a check of every environment is narrowed', 'developer of qa', ['PUT', `${FLAGS}/pay/checks/everywhere`, { context: {}, variant: 'off', environment: 'qa' }], 'environment-out-of-scope'],
  ['a check of every environment is made', 'developer of qa', ['PUT', `${FLAGS}/other/checks/never`, { context: {}, variant: 'on' }], 'environment-out-of-scope'],
  ['a check of every environment is made', 'developer', ['PUT', `${FLAGS}/other/checks/never`, { context: {}, variant: 'on' }], 'environment-protected'],
  ['a check is widened to every environment', 'developer', ['PUT', `${FLAGS}/pay/checks/in-qa`, { context: {}, variant: 'on' }], 'environment-protected'],
  ['a check of every environment is imported', 'developer', importing({ checks: [{ flag: 'other', name: 'never', context: {}, variant: 'on' }] }), 'environment-protected'],
  ['a check is made where one may not write', 'developer of qa', ['PUT', `${FLAGS}/pay/checks/spy`, { context: {}, variant: 'on', environment: 'pilot' }], 'environment-out-of-scope'],
  ['a pipeline is made', 'developer', ['PUT', '/api/admin/pipelines/mine', { steps: [{ environment: 'qa' }, { environment: 'qa-child' }] }], 'role-too-low'],
  ['a pipeline is imported', 'developer', importing({ pipelines: [{ name: 'mine', steps: [{ environment: 'qa' }, { environment: 'qa-child' }] }] }), 'role-too-low'],
  ['checks are run where one may not look', 'viewer of qa', ['POST', `${FLAGS}/pay/checks/run?env=live`], 'environment-forbidden'],
]; // prettier-ignore

describe('whatever the door', () => {
  const stateOf = async () => (await admin.get('/api/admin/export')).body as object;

  it.each(ATTACKS)('%s by a %s: refused [001-21]', async (_, who, [method, path, body], code) => {
    const before = await stateOf();
    const answer = await (callers[who] as Api).call(method, path, { ...(body && { body }) });
    expect([answer.status, answer.body.code]).toEqual([403, code]);
    const tried = await (callers[who] as Api).call(method, `${path}${path.includes('?') ? '&' : '?'}dryRun=true`, {
      ...(body && { body }),
    });
    if (!path.includes('/run')) expect([tried.status, tried.body.code]).toEqual([403, code]);
    expect(await stateOf()).toEqual(before);
  });

  /** What the law leaves to whom, so that it is no wall. */
  const ALLOWED: [what: string, who: string, door: Door, status: number][] = [
    ['a free child below a guarded parent is made', 'developer', ['POST', ENVIRONMENTS, { slug: 'own', parent: 'live', settings: { protected: false } }], 201],
    ['and is deleted', 'developer', ['DELETE', `${ENVIRONMENTS}/own`], 204],
    ['its slug is taken again, since it was free', 'developer', ['POST', ENVIRONMENTS, { slug: 'own', parent: 'qa' }], 201],
    ['the slug of a free environment that is gone is taken', 'developer', ['POST', ENVIRONMENTS, { slug: 'plain', parent: 'qa' }], 201],
    ['a free child is written', 'developer', ['PUT', `${ENVIRONMENTS}/pilot/feature-flags/pay`, { enabled: true }], 201],
    ['other settings are written', 'developer', ['PATCH', `${ENVIRONMENTS}/qa`, { settings: { team: 'core', protected: null } }], 200],
    ['a guard is set to what it comes to anyway', 'promoter', ['PATCH', `${ENVIRONMENTS}/eu`, { settings: { protected: true } }], 200],
    ['a protected environment is moved where it stays protected', 'promoter', ['PATCH', `${ENVIRONMENTS}/eu?force=true`, { parent: 'base' }], 200],
    ['a deleted one comes back as guarded as it was', 'promoter', ['POST', `${ENVIRONMENTS}/gone-child/restore`, {}], 200],
    ['a flag that is off is created', 'developer of qa', ['POST', FLAGS, { key: 'born-off', enabled: false }], 201],
    ['a check in one own environment is made', 'developer of qa', ['PUT', `${FLAGS}/pay/checks/mine`, { context: {}, variant: 'off', environment: 'qa' }], 201],
    ['checks are run where one may look', 'viewer of qa', ['POST', `${FLAGS}/pay/checks/run?env=qa`], 200],
    ['protection is lifted', 'admin', ['PATCH', `${ENVIRONMENTS}/live`, { settings: { protected: false } }], 200],
    ['a name that was guarded is given away', 'admin', ['POST', ENVIRONMENTS, { slug: 'gone', parent: 'qa' }], 201],
  ]; // prettier-ignore

  it.each(ALLOWED)('%s by a %s: done', async (_, who, [method, path, body], status) => {
    const answer = await (who === 'admin' ? admin : (callers[who] as Api)).call(method, path, { ...(body && { body }) });
    expect([answer.status, answer.body?.code]).toEqual([status, undefined]);
  });

  it('runs, for a token that is limited, the checks of its own environments alone', async () => {
    const run = await (callers['viewer of qa'] as Api).post(`${FLAGS}/pay/checks/run`);
    expect(new Set(run.body.items.map(({ environment }: { environment: string }) => environment))).toEqual(new Set(['qa']));
  });
});
