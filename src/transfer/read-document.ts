import type { Defect } from '@flagtree/engine';
import { checkDocument, MAX_DOCUMENT_DEFECTS, type StatesDocument } from '@flagtree/engine/states';
import { MEND_FIRST } from '../platform/http/problems/bounded-defects.js';
import { Invalid } from '../platform/http/problems/problem.js';

/** @throws {Invalid} */
export function readDocument(value: unknown, otherSections: ReadonlyMap<string, (items: unknown[]) => Defect[]>): StatesDocument {
  const { document, defects } = checkDocument(value, otherSections);
  if (document) return document;
  throw new Invalid(
    'invalid-document',
    `${howMany(defects.length)} wrong with the document: see errors. Nothing was changed.`,
    defects,
    defects.length >= MAX_DOCUMENT_DEFECTS ? { more: MEND_FIRST } : {},
  );
}

function howMany(count: number): string {
  if (count === 1) return 'One thing is';
  return `${count >= MAX_DOCUMENT_DEFECTS ? 'At least ' : ''}${count} things are`;
}
