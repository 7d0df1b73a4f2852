import type { IncomingHttpHeaders } from 'node:http';

/** Whether `Accept-Encoding` (RFC 9110, 12.5.3) lets an answer be compressed; who says nothing gets it as it is. */
export function acceptsGzip({ headers }: { headers: IncomingHttpHeaders }): boolean {
  const weights = new Map<string, number>();
  for (const part of (headers['accept-encoding'] ?? '').split(',')) {
    const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    weights.set(name === 'x-gzip' ? 'gzip' : name, quality === undefined ? 1 : Number(quality) || 0);
  }
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0;
}
