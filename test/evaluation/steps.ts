import { connect } from 'node:net';
import type { Answer, Api } from '../support/api.js';

/** A step that a test takes for granted. @throws when it is refused. */
async function must(step: Promise<Answer>) {
  const { status, body } = await step;
  if (status >= 300) throw new Error(`A step of the test was answered with ${String(status)}: ${JSON.stringify(body)}`);
  return body;
}

/** A flag that is on, unless `rest` says otherwise. */
export const makeFlag = (api: Api, key: string, rest: object = {}) =>
  must(api.post('/api/admin/feature-flags', { key, enabled: true, ...rest }));

export const makeSegment = (api: Api, key: string, conditions: object[]) =>
  must(api.post('/api/admin/segments', { key, name: key, conditions }));

export const makeEnvironment = (api: Api, slug: string, parent: string | null) =>
  must(api.post('/api/admin/environments', { slug, name: slug, parent }));

export const editEnvironment = (api: Api, slug: string, edit: object) => must(api.patch(`/api/admin/environments/${slug}`, edit));

/** Makes the override of a flag exactly `override`. */
export const setOverride = (api: Api, slug: string, key: string, override: object) =>
  must(api.put(`/api/admin/environments/${slug}/feature-flags/${key}`, override));

export const editFlag = (api: Api, key: string, edit: object) => must(api.patch(`/api/admin/feature-flags/${key}`, edit));

/** The text of a new client token. */
export async function makeToken(api: Api, environments: readonly string[], rest: object = {}): Promise<string> {
  const name = `client of ${environments.join(' and ')} ${Math.random().toString(36).slice(2)}`;
  const { token } = await must(api.post('/api/admin/tokens', { name, kind: 'client', environments, ...rest }));
  return token as string;
}

/** Sends bytes as they are, over a connection of their own, and reads the answer to its end. */
export async function sendRaw(url: string, request: Buffer): Promise<{ status: number; head: string; body: unknown }> {
  const { hostname, port } = new URL(url);
  const chunks: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(request));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', resolve);
    socket.on('error', reject);
  });
  const [head = '', body = ''] = Buffer.concat(chunks).toString('utf8').split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), head, body: body.startsWith('{') ? JSON.parse(body) : body };
}
