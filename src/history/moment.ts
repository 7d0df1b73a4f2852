import { type PositionName, positionNamed } from '../audit/follow/position-names.js';
import { type Defect, validateInstant } from '@flagtree/engine';

/** A point in the history: right after a revision, or an instant, exact to the millisecond. */
export type Moment = { revision: number; of: PositionName | null } | { instant: Date };

const REVISION = /^\d{1,15}$/;

/** A revision (a number, its digits, or the id of an event: then of that history only) or an RFC 3339 instant. */
export function validateMoment(value: unknown): Defect[] {
  if (isRevision(value) || nameIn(value)) return [];
  if (typeof value === 'string' && validateInstant(signed(value)).length === 0) return [];
  const detail = 'Name a revision, such as 1204, or an instant as RFC 3339, such as 2026-11-20T12:00:00Z.';
  return [{ pointer: '', code: 'invalid-moment', detail }];
}

/** The moment that a value names for which `validateMoment` finds no defect. */
export function momentOf(value: string | number): Moment {
  const name = nameIn(value);
  if (name) return { revision: name.revision, of: name };
  return isRevision(value) ? { revision: Number(value), of: null } : { instant: new Date(signed(String(value))) };
}

function isRevision(value: unknown): boolean {
  return typeof value === 'number'
    ? Number.isSafeInteger(value) && value >= 0
    : typeof value === 'string' && REVISION.test(value);
}

const nameIn = (value: unknown) => (typeof value === 'string' ? positionNamed(value) : null);

/** The `+` of an offset that was not escaped in a URL arrives as a space. */
function signed(text: string): string {
  return text.replace(/ (\d\d:\d\d)$/, '+$1');
}
