import type { Details } from '../types/reader.js';
import type { Answer } from './answer.js';
import type { Origin } from './reading-kit.js';
import type { Slot } from './slot.js';

export function detailsOf<T>(slot: Slot, answer: Answer, value: T, { environment, revision }: Origin): Details<T> {
  const { variant, reason, source, errorCode, errorMessage } = answer;
  const { key, inheritedFrom } = slot;
  if (errorCode === null) return { key, value, variant, reason, source, environment, revision, inheritedFrom };
  return { key, value, variant, reason, errorCode, errorMessage, source, environment, revision, inheritedFrom };
}
