import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../support/api.js';
import type { Outcome } from './judge.js';

const PATIENCE_MS = 60_000;

/** What an answer, or the lack of one, says of a write. Answers that the documentation does not have go to `wrong`. */
export async function outcomeOf(asked: Promise<Answer>, wrong: string[]): Promise<Outcome & { body?: unknown }> {
  const answer = await Promise.race([answered(asked, wrong), sleep(PATIENCE_MS, 'nothing' as const, { ref: false })]);
  if (answer === null) return { kind: 'unknown' };
  if (answer === 'nothing') {
    wrong.push(`no answer within ${String(PATIENCE_MS / 1_000)} s`);
    return { kind: 'unknown' };
  }
  const { status, body } = answer;
  if (status < 300) return { kind: 'acknowledged', revision: Number(body?.revision), body };
  if (status === 500) wrong.push(`500: ${JSON.stringify(body)}`);
  return body.code === 'outcome-unknown' || status === 500 ? { kind: 'unknown' } : { kind: 'refused', code: String(body.code) };
}

/** Null where the connection broke or could not be made. */
export async function answered(asked: Promise<Answer>, wrong: string[]): Promise<Answer | null> {
  try {
    return await asked;
  } catch (error) {
    // fetch is not of the realm in which jest runs specs, so neither are its errors.
    if ((error as Error).name !== 'TypeError') wrong.push(String(error));
    return null;
  }
}
