import { Defects } from '../defects.js';
import { clip, isPlainObject, pointerTo } from '../../json/values.js';
import type { Defect, JsonValue } from '../../types.js';
import { ConditionCheck, MAX_ATTRIBUTE_LENGTH } from './validate-conditions.js';
import { checkPercentage } from '../flag/validate-fields.js';
import { MAX_VARIANT_KEY_LENGTH, MAX_VARIANTS } from '../flag/validate-variants.js';
import { checkWeight, checkWeights } from '../flag/validate-weights.js';

export const MAX_RULES = 200;
const RULE_ID = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/;

/** The shape of a list of rules; whether the variants and segments that they name exist is for `resolvedDefects`. */
export function validateRules(value: unknown): Defect[] {
  const defects = new Defects();
  if (!defects.array(value, '', 'rules', { max: MAX_RULES })) return defects.list;
  const conditions = new ConditionCheck(defects);
  const seen = new Set<string>();
  value.forEach((rule, index) => checkRule(rule, pointerTo('', index), conditions, seen, defects));
  return defects.list;
}

export function checkRule(value: unknown, at: string, conditions: ConditionCheck, seen: Set<string>, defects: Defects): void {
  const targeted = isPlainObject(value) && Object.hasOwn(value, 'targeting');
  const rule = targeted
    ? defects.object(value, at, 'a rule with targeting', ['id', 'targeting'], ['name', 'enabled'])
    : defects.object(value, at, 'a rule', ['id', 'serve'], ['name', 'enabled', 'conditions', 'percentage']);
  if (!rule) return;
  checkId(rule['id'], pointerTo(at, 'id'), seen, defects);
  if (rule['name'] !== undefined) defects.text(rule['name'], pointerTo(at, 'name'), 'the name of a rule');
  if (rule['enabled'] !== undefined) defects.boolean(rule['enabled'], pointerTo(at, 'enabled'), '"enabled"');
  if (targeted) {
    conditions.targeting(rule['targeting'], pointerTo(at, 'targeting'));
    return;
  }
  if (rule['percentage'] !== undefined) checkPercentage(rule['percentage'], pointerTo(at, 'percentage'), defects);
  if (rule['conditions'] !== undefined) conditions.list(rule['conditions'], pointerTo(at, 'conditions'));
  checkServe(rule['serve'], pointerTo(at, 'serve'), defects);
}

function checkId(id: JsonValue | undefined, at: string, seen: Set<string>, defects: Defects): void {
  if (typeof id !== 'string' || !RULE_ID.test(id)) {
    defects.add(
      at,
      'bad-id',
      'the id of a rule is 1 to 63 letters, digits, dots, underscores and dashes, the first a letter or digit',
    );
    return;
  }
  if (seen.has(id)) defects.add(at, 'duplicate', `there is more than one rule "${clip(id)}"`);
  seen.add(id);
}

function checkServe(value: JsonValue | undefined, at: string, defects: Defects): void {
  if (isPlainObject(value) && Object.hasOwn(value, 'split')) {
    const serve = defects.object(value, at, 'a "serve" with a split', ['split'], ['bucketBy']);
    if (serve) checkSplit(serve['split'], serve['bucketBy'], at, defects);
    return;
  }
  const serve = defects.object(value, at, '"serve"', ['variant'], []);
  if (serve) checkVariantKey(serve['variant'], pointerTo(at, 'variant'), defects);
}

function checkSplit(split: JsonValue | undefined, bucketBy: JsonValue | undefined, at: string, defects: Defects): void {
  if (bucketBy !== undefined) {
    const there = pointerTo(at, 'bucketBy');
    if (defects.text(bucketBy, there, '"bucketBy"', { min: 1, max: MAX_ATTRIBUTE_LENGTH }) && bucketBy === '$now') {
      defects.add(there, 'not-applicable', 'the moment of the evaluation is no bucket key: name an attribute of the context');
    }
  }
  const here = pointerTo(at, 'split');
  if (!defects.array(split, here, 'the entries of a split', { min: 1, max: MAX_VARIANTS })) return;
  split.forEach((value, index) => {
    const entry = defects.object(value, pointerTo(here, index), 'an entry of a split', ['variant', 'weight'], []);
    if (!entry) return;
    checkVariantKey(entry['variant'], pointerTo(pointerTo(here, index), 'variant'), defects);
    checkWeight(entry['weight'], pointerTo(pointerTo(here, index), 'weight'), defects);
  });
  checkWeights(split, here, 'the weights of the split', defects);
}

function checkVariantKey(value: JsonValue | undefined, at: string, defects: Defects): void {
  defects.text(value, at, 'the key of a variant', { min: 1, max: MAX_VARIANT_KEY_LENGTH });
}
