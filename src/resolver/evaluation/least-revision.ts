import { Invalid } from '../../platform/http/problems/problem.js';

/** `minRevision` of a query; 0 where there is none. @throws {Invalid} */
export function leastRevisionOf(given: unknown, instant: Date | null): number {
  if (given === undefined) return 0;
  if (instant !== null) throw refused('A moment of the past has the revision that it had: leave minRevision or at out.');
  const isNumber = typeof given === 'string' && /^\d{1,16}$/.test(given) && Number.isSafeInteger(Number(given));
  if (!isNumber) throw refused('Give a revision, a whole number, once.');
  return Number(given);
}

const refused = (detail: string) =>
  new Invalid('invalid-request', 'The parameter minRevision cannot be taken: see errors.', [
    { pointer: '?minRevision', code: 'is-revision', detail },
  ]);
