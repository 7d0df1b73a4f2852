import type { Api } from '../support/api.js';

export const FLAGS = '/api/admin/feature-flags';
export const ENVIRONMENTS = '/api/admin/environments';
export const PIPELINE = '/api/admin/pipelines/main';

let counter = 0;

/** A flag that is on in development, and in the middle of nothing else. */
export async function newFlag(api: Api, fields: object = {}, override: object = { enabled: true }): Promise<string> {
  const key = `gated-${String(++counter)}`;
  await api.post(FLAGS, { key, ...fields });
  await api.patch(`${FLAGS}/${key}`, { environment: 'development', ...override });
  return key;
}

export const promote = (api: Api, key: string, body: object = {}) =>
  api.post(`${FLAGS}/${key}/promote`, { from: 'development', to: 'staging', ...body });

export const gateOf = (body: { gates: { gate: string; state: string }[] }, name: string) =>
  body.gates.find(({ gate }) => gate === name);

export async function tokenOf(api: Api, role: string, environments?: string[]): Promise<Api> {
  const made = await api.post('/api/admin/tokens', {
    name: `${role}-${String(++counter)}`,
    kind: 'admin',
    role,
    ...(environments && { environments, includeDescendants: true }),
  });
  return api.as(made.body.token as string);
}
