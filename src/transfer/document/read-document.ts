import type { Defect } from '@flagtree/engine';
import { MAX_DOCUMENT_DEFECTS, slicedCheck, type StatesDocument } from '@flagtree/engine/states';
import { MEND_FIRST } from '../../platform/http/problems/bounded-defects.js';
import { Invalid } from '../../platform/http/problems/problem.js';
import { splitRefusal } from '../../platform/http/problems/split-refusal.js';
import { runInSlices } from '../../platform/run-in-slices.js';

/** @throws {Invalid | Unprocessable} */
export async function readDocument(
  value: unknown,
  otherSections: ReadonlyMap<string, (items: unknown[]) => Defect[]>,
): Promise<StatesDocument> {
  const { document, defects } = await runInSlices(slicedCheck(value, otherSections));
  if (document) return document;
  throw (
    splitRefusal(defects) ??
    new Invalid(
      'invalid-document',
      `${howMany(defects.length)} wrong with the document: see errors. Nothing was changed.`,
      defects,
      defects.length >= MAX_DOCUMENT_DEFECTS ? { more: MEND_FIRST } : {},
    )
  );
}

function howMany(count: number): string {
  if (count === 1) return 'One thing is';
  return `${count >= MAX_DOCUMENT_DEFECTS ? 'At least ' : ''}${count} things are`;
}
