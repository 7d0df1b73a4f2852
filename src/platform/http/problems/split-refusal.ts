import { type Defect, SPLIT_DEFECTS } from '@flagtree/engine';
import { Unprocessable } from './problem.js';

/** Where nothing is wrong but weights that are no split together: each is well formed, so that this is no malformed request. */
export function splitRefusal(defects: Defect[]): Unprocessable | null {
  const [first] = defects;
  if (!first || !defects.every(({ code }) => SPLIT_DEFECTS.has(code))) return null;
  return new Unprocessable(first.code, `${first.detail.charAt(0).toUpperCase()}${first.detail.slice(1)}.`, defects);
}
