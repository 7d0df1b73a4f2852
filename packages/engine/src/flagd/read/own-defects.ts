import { clip, isPlainObject, pointerTo } from '../../json/values.js';
import { FLAG_KEY } from '../../state/names.js';
import { validateVariants } from '../../validate/flag/validate-variants.js';
import type { Defect, JsonValue, Variant } from '../../types.js';
import type { FlagdDefinition } from './check-flagd.js';

const KEY_DETAIL = 'A key here is 1–255 of letters, digits, ".", "_", "-", and begins with a letter or digit.';

export function evaluatorDefects(key: string): Defect[] {
  return FLAG_KEY.test(key) ? [] : [{ pointer: pointerTo('/$evaluators', key), code: 'bad-key', detail: KEY_DETAIL }];
}

/** What flagd allows and a flag here cannot have. */
export function definitionDefects(definition: FlagdDefinition, mayReferTo: (segment: string) => boolean): Defect[] {
  const { key, pointer, type, variants, defaultVariant, targeting } = definition;
  const defects: Defect[] = [];
  if (key !== '' && !FLAG_KEY.test(key)) defects.push({ pointer, code: 'bad-key', detail: KEY_DETAIL });
  const names = Object.keys(variants);
  for (const defect of validateVariants(variantsOf(definition), type)) {
    const [, index = '', , ...rest] = defect.pointer.split('/');
    const name = names[Number(index)];
    const at = index === '' || name === undefined ? '' : [pointerTo('', name), ...rest].join('/');
    defects.push({ ...defect, pointer: `${pointer}/variants${at}` });
  }
  if (defaultVariant !== null && !Object.hasOwn(variants, defaultVariant))
    defects.push({
      pointer: `${pointer}/defaultVariant`,
      code: 'unknown-variant',
      detail: `The flag has no variant "${clip(defaultVariant)}".`,
    });
  for (const segment of referencesIn(targeting)) {
    if (mayReferTo(segment)) continue;
    const detail = `There is no evaluator "${clip(segment)}", neither in the document nor here.`;
    defects.push({ pointer: `${pointer}/targeting`, code: 'unknown-segment', detail });
  }
  return defects;
}

export function variantsOf({ variants }: Pick<FlagdDefinition, 'variants'>): Variant[] {
  return Object.entries(variants).map(([key, value]) => ({ key, value }));
}

function referencesIn(expression: JsonValue): string[] {
  if (Array.isArray(expression)) return expression.flatMap(referencesIn);
  if (!isPlainObject(expression)) return [];
  if (typeof expression['$ref'] === 'string') return [expression['$ref']];
  return Object.values(expression).flatMap(referencesIn);
}
