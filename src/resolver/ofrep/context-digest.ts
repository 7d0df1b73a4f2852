import { hash } from 'node:crypto';
import { canonicalJson, type EvaluationContext } from '@flagtree/engine';
import type { LeanRequest } from '../../platform/http/request.js';

/** Stands for a context: the same for the same attributes in whatever order. */
export function contextDigest(context: EvaluationContext): string {
  let text = '';
  for (const key of Object.keys(context).sort()) text += sized(key) + part(context[key]);
  return hash('sha256', text, 'base64url').slice(0, 27);
}

/** No two values have the same: text begins with its length and a quotation mark, JSON ends with a semicolon. Nothing in text is escaped. */
function part(value: unknown): string {
  return typeof value === 'string' ? sized(value) : `${canonicalJson(value)};`;
}

const sized = (text: string) => `${String(text.length)}"${text}`;

/** What each connection has asked last. It goes with the connection, as the context that it holds must. */
const lastAsked = new WeakMap<object, { body: string; digest: string }>();

/** The digest of the context of a request. Who asks whether anything has changed sends the same body over the same connection, time and again. */
export function contextDigestOf(
  { bodyText, raw: { socket } }: Pick<LeanRequest, 'bodyText' | 'raw'>,
  context: EvaluationContext,
): string {
  if (bodyText === undefined) return contextDigest(context);
  const last = lastAsked.get(socket);
  if (last?.body === bodyText) return last.digest;
  const digest = contextDigest(context);
  lastAsked.set(socket, { body: bodyText, digest });
  return digest;
}
