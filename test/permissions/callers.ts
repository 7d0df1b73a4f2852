import type { Api } from '../support/api.js';
import { sql } from '../support/sql.js';
import type { Asker } from './oracle.js';
import { ELSEWHERE, GUARDED, HERE, pagesOf } from './places.js';

export interface Caller extends Asker {
  name: string;
  /** Null: none is sent. */
  token: string | null;
}

/** One of every kind that the documentation tells apart, with its token. */
export async function callersOfAllKinds(admin: Api, databaseUrl: string): Promise<Caller[]> {
  const made = async (name: string, asker: Asker, body: object): Promise<Caller> => {
    const answer = await admin.post('/api/admin/tokens', { name, ...body });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return { name, ...asker, token: answer.body.token as string };
  };
  const limits = { 'to it': HERE, elsewhere: ELSEWHERE };
  const callers: Caller[] = [
    { name: 'nobody', kind: 'nobody', limited: 'not', token: null },
    { name: 'unknown', kind: 'admin', limited: 'not', ended: 'token-unknown', token: `ft_admin_0000abcd_${'x'.repeat(43)}` },
  ];
  for (const [limited, environments] of Object.entries(limits) as ['to it' | 'elsewhere', string[]][]) {
    const page = { kind: 'browser', environments: environments.slice(0, 1), flagTags: [pagesOf(String(environments[0]))] };
    callers.push(await made(`browser ${limited}`, { kind: 'browser', limited }, page));
    callers.push(await made(`client ${limited}`, { kind: 'client', limited }, { kind: 'client', environments }));
  }
  for (const role of ['viewer', 'developer', 'promoter', 'admin'] as const) {
    callers.push(await made(role, { kind: role, limited: 'not' }, { kind: 'admin', role }));
    for (const [limited, environments] of Object.entries(limits) as ['to it' | 'elsewhere', string[]][]) {
      const scope = { kind: 'admin', role, environments, includeDescendants: true };
      callers.push(await made(`${role} limited ${limited}`, { kind: role, limited }, scope));
    }
  }
  await made(
    'page of the vault',
    { kind: 'browser', limited: 'not' },
    { kind: 'browser', environments: [GUARDED], flagTags: [pagesOf(GUARDED)] },
  );
  const admins = { kind: 'admin', role: 'admin' };
  const revoked = await made('revoked', { kind: 'admin', limited: 'not', ended: 'token-revoked' }, admins);
  await admin.delete(`/api/admin/tokens/${String(revoked.token?.split('_')[2])}`);
  const expired = await made('expired', { kind: 'admin', limited: 'not', ended: 'token-expired' }, admins);
  await sql(databaseUrl, `UPDATE flagtree.tokens SET expires_at = created_at + interval '1 microsecond' WHERE name = 'expired'`);
  await admin.get('/api/admin/tokens'); // reads what was written behind the server's back
  return [...callers, revoked, expired];
}
