import type { IncomingMessage } from 'node:http';

interface Answering {
  id: string;
  raw: IncomingMessage;
}

interface Naming {
  header(name: string, value: string): unknown;
}

/** An answer is for who asked, and is asked for again; what may be kept longer, or must not be kept at all, says so itself. */
const UNSHARED = 'private, no-cache';

/**
 * The headers that every answer carries, names and values in turns, whoever writes it: Fastify by a hook, the lean way and the refusals of
 * Node's parser by themselves. The environment that a request resolved to is added where that is found out.
 */
export function everyAnswer({ id, raw }: Answering): string[] {
  const head = ['x-request-id', id, 'x-content-type-options', 'nosniff', 'cache-control', UNSHARED];
  const crossOrigin = raw.face?.crossOrigin;
  if (crossOrigin) for (const [name, value] of crossOrigin.headersOf(raw)) head.push(name, value);
  return head;
}

/** The same, on an answer that takes headers one by one. */
export function carryEveryAnswer(request: Answering, reply: Naming): void {
  const head = everyAnswer(request);
  for (let at = 0; at < head.length; at += 2) void reply.header(head[at] as string, head[at + 1] as string);
}

/** To be called as soon as it is known who asks, where that is somebody whose token is public. */
export function carryForPublicToken({ raw }: Pick<Answering, 'raw'>, reply: Naming): void {
  for (const [name, value] of raw.face?.crossOrigin?.headersForPublicToken(raw) ?? []) void reply.header(name, value);
}
