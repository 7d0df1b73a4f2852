// Until Node 22 is the oldest that is supported: it has a `navigator` of its own, and this file goes.
/**
 * Gives Node 20 the `navigator` that later versions have. Without it, the PostgreSQL driver asks a `Response` whether this is Cloudflare, and so
 * loads all of `fetch`, which this server does not use: 50 ms of each start.
 */
export function nameRuntime(): void {
  const global = globalThis as { navigator?: { userAgent: string } };
  global.navigator ??= { userAgent: `Node.js/${process.versions.node.split('.')[0] ?? ''}` };
}
