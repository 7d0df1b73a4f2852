import { chainOf, type Defect, environmentBySlug, type JsonObject, pointerTo, slugNamed, type State } from '@flagtree/engine';
import type { StatesDocument } from '@flagtree/engine/states';
import { DomainError } from '../../platform/http/problems/problem.js';
import type { ImportReading } from './import-source.js';

/** The error with pointers that lead into the body that was sent: what it says of a flag in an environment leads to the item that made it so. */
export function pointingIntoBody(error: unknown, { document, pointerOf }: ImportReading, state: State): unknown {
  if (!(error instanceof DomainError) || !Array.isArray(error.members['errors'])) return error;
  const errors = error.members['errors'] as (Defect & Partial<Omit<LocatedField, 'pointer'>> & { segment?: string })[];
  for (const defect of errors) {
    if (isBrokenField(defect)) defect.pointer = itemOf(defect, document, state);
    else if (typeof defect.segment === 'string') defect.pointer = segmentOf(defect.segment, defect.pointer, document);
    if (pointerOf) defect.pointer = pointerOf(defect.pointer);
  }
  return error;
}

interface LocatedField {
  /** Into the flag. */
  pointer: string;
  environment: string;
  flag: string;
  field: string;
}

function isBrokenField(defect: Partial<LocatedField>): defect is LocatedField {
  return [defect.environment, defect.flag, defect.field].every((word) => typeof word === 'string');
}

function segmentOf(key: string, pointer: string, { segments = [] }: StatesDocument): string {
  const index = segments.findIndex((item) => item.key === key);
  return index < 0 ? '' : pointerTo('/segments', index) + pointer;
}

/** The nearest item of the document that says something of the field; else the nearest that says something of the flag; else the whole. */
function itemOf(
  { environment: slug, flag, field, pointer }: LocatedField,
  { flags = [], overrides = [] }: StatesDocument,
  state: State,
): string {
  const environment = environmentBySlug(state, slug);
  const above = environment ? chainOf(state, environment).map((one) => one.slug) : [slug];
  const nearest = overrides
    .map((item, index) => ({
      item: item as unknown as JsonObject,
      at: pointerTo('/overrides', index),
      depth: above.indexOf(slugNamed(state, item.environment)),
    }))
    .filter(({ item, depth }) => item['flag'] === flag && depth >= 0)
    .sort((a, b) => a.depth - b.depth);
  const sets = nearest.find(({ item }) => (item[field] ?? null) !== null);
  if (sets) return sets.at + pointer;
  const index = flags.findIndex(({ key }) => key === flag);
  if (index >= 0) return pointerTo('/flags', index) + pointer;
  return nearest[0]?.at ?? '';
}
