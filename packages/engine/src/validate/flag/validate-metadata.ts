import { utf8Length } from '../../json/utf8.js';
import { isStorable, pointerTo, show } from '../../json/values.js';
import type { Defect } from '../../types.js';
import { Defects } from '../defects.js';

/** Bytes of UTF-8, as JSON without spaces. */
export const MAX_METADATA_BYTES = 4_096;

/** What answers of a flag hold besides the value: a flat object of texts, numbers and truths. */
export function validateMetadata(value: unknown): Defect[] {
  const defects = new Defects();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    defects.add('', 'wrong-type', `metadata is an object like { "team": "checkout" }, not ${show(value)}`);
    return defects.list;
  }
  for (const [name, one] of Object.entries(value)) checkMember(name, one, defects);
  if (defects.list.length === 0 && utf8Length(JSON.stringify(value)) > MAX_METADATA_BYTES)
    defects.add('', 'too-large', `metadata has at most ${String(MAX_METADATA_BYTES)} bytes as JSON`);
  return defects.list;
}

function checkMember(name: string, value: unknown, defects: Defects): void {
  const at = pointerTo('', name);
  const isFlat = typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
  if (!isFlat) defects.add(at, 'not-flat', `a member of metadata is text, a number, true or false, not ${show(value)}`);
  else if (!isStorable(name) || (typeof value === 'string' && !isStorable(value)))
    defects.add(at, 'not-storable', 'metadata has no NUL characters and no halves of surrogate pairs');
}
