import type { Defect } from '@flagtree/engine';
import { checkDocument, MAX_DOCUMENT_DEFECTS, type StatesDocument } from '@flagtree/engine/states';
import { MEND_FIRST } from '../platform/http/problems/bounded-defects.js';
import { Invalid } from '../platform/http/problems/problem.js';
import { splitRefusal } from '../platform/http/problems/split-refusal.js';

/** @throws {Invalid | Unprocessable} */
export function readDocument(value: unknown, otherSections: ReadonlyMap<string, (items: unknown[]) => Defect[]>): StatesDocument {
  const { document, defects } = checkDocument(value, otherSections);
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
