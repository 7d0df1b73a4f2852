import type { Defect } from '@flagtree/engine';
import { strictJsonDefects } from './strict-json.js';

/**
 * The keys that stand twice in an object of `text`, which is the JSON of `value`. Each key has its colon, so the text of nearly every request
 * has as many colons as its value has keys, and is not looked at more closely.
 */
export function repeatedKeys(text: string, value: unknown): Defect[] {
  if (!hasMoreColons(text, keysIn(value))) return [];
  return strictJsonDefects(text, ['duplicate-key']);
}

function hasMoreColons(text: string, most: number): boolean {
  let left = most;
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) if (left-- === 0) return true;
  return false;
}

function keysIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += keysIn(item);
    return count;
  }
  for (const key of Object.keys(value)) count += 1 + keysIn((value as Record<string, unknown>)[key]);
  return count;
}
