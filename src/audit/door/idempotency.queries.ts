import type { EntityManager } from 'typeorm';
import { Unprocessable } from '../../platform/http/problems/problem.js';
import type { Answer } from '../../platform/http/management/answer.js';
import type { Idempotency } from '../change/write-request.js';

const KEPT = '24 hours';

interface StoredAnswer {
  request_hash: Buffer;
  status: Answer['status'];
  headers: { location?: string };
  body: object | null;
  besides: object | null;
}

/**
 * The answer that this key got before, if it did. Read under the ledger lock, so a second request with the same key waits for the first.
 * @throws {Unprocessable} when the key was used for another request.
 */
export async function storedAnswer(
  manager: EntityManager,
  tokenId: string,
  { key, fingerprint }: Idempotency,
): Promise<Answer | null> {
  const [stored] = await manager.query<StoredAnswer[]>(
    `SELECT stored.request_hash, stored.status, stored.headers, stored.body, stored.besides
       FROM flagtree.idempotency_keys AS stored
      WHERE stored.token_id = $1 AND stored.key = $2 AND stored.created_at > now() - $3::interval`,
    [tokenId, key, KEPT],
  );
  if (!stored) return null;
  if (!stored.request_hash.equals(fingerprint)) {
    throw new Unprocessable(
      'idempotency-key-reused',
      `The Idempotency-Key "${key}" was used for another request: take a new one for each request.`,
    );
  }
  return {
    status: stored.status,
    body: stored.body,
    ...(stored.headers.location === undefined ? {} : { location: stored.headers.location }),
    ...(stored.besides && { besides: stored.besides }),
  };
}

export async function storeAnswer(
  manager: EntityManager,
  tokenId: string,
  { key, route, fingerprint }: Idempotency,
  answer: Answer,
): Promise<void> {
  await manager.query(`DELETE FROM flagtree.idempotency_keys AS stored WHERE stored.created_at <= now() - $1::interval`, [KEPT]);
  await manager.query(
    `INSERT INTO flagtree.idempotency_keys (token_id, key, method_path, request_hash, status, headers, body, besides)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      tokenId,
      key,
      route,
      fingerprint,
      answer.status,
      { location: answer.location },
      answer.body === null ? null : JSON.stringify(answer.body),
      answer.besides ?? null,
    ],
  );
}
