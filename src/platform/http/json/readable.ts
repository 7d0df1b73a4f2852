import type { IncomingHttpHeaders } from 'node:http';
import { Unsupported } from '../problems/problem.js';

/** @throws {Unsupported} for a content coding, or another charset than UTF-8 (which ASCII is, too). */
export function assertReadable(headers: IncomingHttpHeaders, language: 'JSON' | 'YAML'): void {
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding.toLowerCase() !== 'identity') {
    throw new Unsupported('unsupported-content-coding', `Bodies are read as they are, without Content-Encoding: ${coding}.`, {
      'accept-encoding': 'identity',
    });
  }
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  if (!/^(?:utf-?8|us-ascii)$/i.test(charset))
    throw new Unsupported('unsupported-charset', `${language} is sent in UTF-8 here, not in ${charset}.`);
}
