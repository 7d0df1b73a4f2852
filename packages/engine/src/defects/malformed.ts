import { Defects } from '../validate/defects.js';
import { isPlainObject } from '../json/values.js';
import type { ResolvedContent } from '../resolve/resolve.js';
import { BUCKETINGS, FLAG_TYPES, ON_MISSING_KEY, type Defect, type Flag } from '../types.js';
import { validatePercentage, validatePrerequisites } from '../validate/flag/validate-fields.js';
import { validateMetadata } from '../validate/flag/validate-metadata.js';
import { checkRule } from '../validate/rules/validate-rules.js';
import { ConditionCheck } from '../validate/rules/validate-conditions.js';
import { validateVariants } from '../validate/flag/validate-variants.js';

export interface MalformedField {
  field: string;
  detail: string;
  /** Where in the field. */
  at?: string;
}

/**
 * The fields of a resolved flag that have not even the right shape, which only a hand past the database's guards can do; one defect each.
 * Rows are immutable: what is in `sound`, or is put there now, need not be looked at again.
 */
export function malformedFields({ flag, fields }: ResolvedContent, sound: Set<object> = new Set()): MalformedField[] {
  const found: MalformedField[] = [];
  const check = (field: string, defects: readonly Defect[]) => {
    const [first] = defects;
    if (!first) return;
    const { pointer, detail } = first;
    found.push(pointer ? { field, detail: `${detail} (at ${pointer})`, at: pointer } : { field, detail });
  };
  if (!FLAG_TYPES.includes(flag.type))
    found.push({ field: 'type', detail: `the type of a flag is one of ${FLAG_TYPES.join(', ')}` });
  if (!BUCKETINGS.includes(flag.bucketing))
    found.push({ field: 'bucketing', detail: `the bucketing is one of ${BUCKETINGS.join(', ')}` });
  if (flag.salt !== null && typeof flag.salt !== 'string') found.push({ field: 'salt', detail: 'the salt is text or null' });
  if (!ON_MISSING_KEY.includes(flag.onMissingKey))
    found.push({ field: 'onMissingKey', detail: `onMissingKey is one of ${ON_MISSING_KEY.join(', ')}` });
  if (!isPlainObject(flag.metadata) || Object.keys(flag.metadata).length > 0)
    check('metadata', unlessSound(flag.metadata, sound, validateMetadata));
  if (typeof fields.enabled.value !== 'boolean') found.push({ field: 'enabled', detail: '"enabled" is true or false' });
  check('percentage', validatePercentage(fields.percentage.value));
  check('rules', ruleDefects(fields.rules.value, sound));
  check(
    'variants',
    unlessSound(fields.variants.value, sound, (variants) => variantDefects(variants, flag)),
  );
  for (const field of ['defaultVariant', 'offVariant'] as const) {
    const { value } = fields[field];
    if (value !== null && typeof value !== 'string') found.push({ field, detail: 'it is the key of a variant, or null' });
  }
  check('prerequisites', unlessSound(flag.prerequisites, sound, validatePrerequisites));
  return found;
}

/** Each rule on its own: rules of several environments put together may repeat an id and exceed the length of one list. */
function ruleDefects(rules: unknown, sound: Set<object>): Defect[] {
  const defects = new Defects();
  if (!Array.isArray(rules)) return [{ pointer: '', code: 'wrong-type', detail: 'rules are a list' }];
  rules.forEach((rule: unknown, index) => {
    defects.list.push(
      ...unlessSound(rule, sound, () => {
        const own = new Defects();
        checkRule(rule, `/${index}`, new ConditionCheck(own, 'stored'), new Set(), own);
        return own.list;
      }),
    );
  });
  return defects.list;
}

function variantDefects(variants: unknown, flag: Flag): Defect[] {
  return FLAG_TYPES.includes(flag.type) ? validateVariants(variants, flag.type) : validateVariants(variants);
}

function unlessSound<T>(value: T, sound: Set<object>, validate: (value: T) => Defect[]): Defect[] {
  const cacheable = isPlainObject(value) || Array.isArray(value);
  if (cacheable && sound.has(value as object)) return [];
  const defects = validate(value);
  if (cacheable && defects.length === 0) sound.add(value as object);
  return defects;
}
