import { Defects } from './defects.js';
import { utf8Length } from '../json/utf8.js';
import { isPlainObject, kindOf, pointerTo } from '../json/values.js';
import { KNOWN_SETTINGS } from '../resolve/settings.js';
import type { Defect, EnvironmentSettings, JsonObject } from '../types.js';
import { ValueCheck } from './value-check.js';

/** Bytes of the JSON, without spaces, in UTF-8. */
export const MAX_SETTINGS_BYTES = 16 * 1024;
const LIMITS = { depth: 8, what: 'a setting' };

/** An edit of settings, by key; null removes the environment's own key, so that it inherits again. */
export type SettingsEdit = JsonObject;

/** The settings of an environment, as they are stored. */
export function validateSettings(value: unknown): Defect[] {
  const defects = new Defects();
  if (!checkKeys(value, defects)) return defects.list;
  for (const [key, member] of Object.entries(value)) {
    if (member === null && !isKnown(key))
      defects.add(pointerTo('', key), 'wrong-type', 'null is no setting: leave the key out, so that it is inherited');
  }
  return defects.list;
}

/** As they are edited. */
export function validateSettingsEdit(value: unknown): Defect[] {
  const defects = new Defects();
  checkKeys(value, defects, (member) => member === null);
  return defects.list;
}

/** What is left out stays; null removes. */
export function mergeSettings(current: EnvironmentSettings, edit: SettingsEdit): EnvironmentSettings {
  return Object.fromEntries(Object.entries({ ...current, ...edit }).filter(([, value]) => value !== null));
}

function checkKeys(value: unknown, defects: Defects, isRemoved = (_member: unknown) => false): value is JsonObject {
  if (!isPlainObject(value)) return defects.add('', 'wrong-type', `settings is an object, not ${kindOf(value)}`);
  for (const [key, member] of Object.entries(value)) {
    const meant = KNOWN_SETTINGS.find((known) => bare(known) === bare(key));
    const at = pointerTo('', key);
    if (meant !== undefined && meant !== key)
      defects.add(at, 'misspelt-setting', `"${key}" is no setting that guards or enables anything: did you mean "${meant}"?`);
    else if (meant !== undefined && member !== undefined && !isRemoved(member)) defects.boolean(member, at, `"${key}"`);
  }
  new ValueCheck(defects, LIMITS).value(value, '');
  if (defects.list.length > 0) return false;
  const bytes = utf8Length(JSON.stringify(value));
  return (
    bytes <= MAX_SETTINGS_BYTES ||
    defects.add('', 'too-large', `settings are at most ${MAX_SETTINGS_BYTES} bytes of JSON, not ${bytes}`)
  );
}

function isKnown(key: string): boolean {
  return (KNOWN_SETTINGS as readonly string[]).includes(key);
}

/** What a spelling has in common with its near misses. */
function bare(key: string): string {
  return key.toLowerCase().replace(/[-_]/g, '');
}
