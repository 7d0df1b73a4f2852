import type { Defect } from '../types.js';

/** `pointer: what the person reads` of each defect. */
export function told(defects: readonly Defect[]): string[] {
  return defects.map(({ pointer, detail }) => `${pointer}: ${detail}`);
}
