import { Defects } from '../defects.js';
import { clip, pointerTo, show } from '../../json/values.js';
import { FLAG_KEY, SLUG } from '../../state/names.js';
import type { Defect } from '../../types.js';
import { MAX_VARIANT_KEY_LENGTH, MAX_VARIANTS } from './validate-variants.js';

export const MAX_PREREQUISITES = 100;
export const MAX_ALIASES = 10;
export const MAX_URL_LENGTH = 2_000;

/** Of an environment's `url`: one that a browser opens. */
export const WEB_URL = /^https?:\/\/[^\s/?#]+\S*$/i;

/** From 0 to 100 with at most three decimals: 33.333 is one, 33.3333 is none. */
export function validatePercentage(value: unknown): Defect[] {
  const defects = new Defects();
  checkPercentage(value, '', defects);
  return defects.list;
}

export function checkPercentage(value: unknown, at: string, defects: Defects): void {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    defects.add(at, 'wrong-type', `a percentage is a number from 0 to 100, not ${show(value)}`);
  } else if (value < 0 || value > 100) {
    defects.add(at, 'out-of-range', `a percentage is a number from 0 to 100, not ${value}`);
  } else if (Math.round(value * 1000) / 1000 !== value) {
    defects.add(at, 'too-precise', `a percentage has at most three decimals, not ${value}`);
  }
}

export function validatePrerequisites(value: unknown): Defect[] {
  const defects = new Defects();
  if (!defects.array(value, '', 'prerequisites', { max: MAX_PREREQUISITES })) return defects.list;
  const seen = new Set<string>();
  value.forEach((item, index) => checkPrerequisite(item, pointerTo('', index), seen, defects));
  return defects.list;
}

function checkPrerequisite(value: unknown, at: string, seen: Set<string>, defects: Defects): void {
  const prerequisite = defects.object(value, at, 'a prerequisite', ['flag', 'variants'], []);
  if (!prerequisite) return;
  const { flag, variants } = prerequisite;
  if (typeof flag !== 'string' || !FLAG_KEY.test(flag))
    defects.add(pointerTo(at, 'flag'), 'bad-key', `${show(flag)} is no flag key`);
  else if (seen.has(flag))
    defects.add(pointerTo(at, 'flag'), 'duplicate', `"${clip(flag)}" is required more than once: join the variants`);
  else seen.add(flag);
  if (!defects.array(variants, pointerTo(at, 'variants'), 'the required variants', { min: 1, max: MAX_VARIANTS })) return;
  variants.forEach((variant, index) =>
    defects.text(variant, pointerTo(pointerTo(at, 'variants'), index), 'the key of a variant', {
      min: 1,
      max: MAX_VARIANT_KEY_LENGTH,
    }),
  );
}

/** Other names of an environment. Whether another environment has one of them is for whoever knows the others to say. */
export function validateAliases(value: unknown): Defect[] {
  const defects = new Defects();
  if (!defects.array(value, '', 'aliases', { max: MAX_ALIASES })) return defects.list;
  const seen = new Set<unknown>();
  value.forEach((alias, index) => {
    const at = pointerTo('', index);
    if (typeof alias !== 'string' || !SLUG.test(alias)) {
      defects.add(
        at,
        'bad-alias',
        `${show(alias)} is no alias: 1–63 of a–z, 0–9, "-", "_", first a letter or digit, and not in the form of an id`,
      );
    } else if (seen.has(alias)) defects.add(at, 'duplicate', `"${alias}" stands there more than once`);
    seen.add(alias);
  });
  return defects.list;
}

/** Of an environment; null: none. */
export function validateUrl(value: unknown): Defect[] {
  const defects = new Defects();
  if (value === null) return defects.list;
  if (typeof value !== 'string') defects.add('', 'wrong-type', `a URL is text, not ${show(value)}`);
  else if (value.length > MAX_URL_LENGTH) defects.add('', 'too-long', `a URL has at most ${String(MAX_URL_LENGTH)} characters`);
  else if (!WEB_URL.test(value)) defects.add('', 'bad-url', `${show(value)} is no URL like https://staging.example.com`);
  return defects.list;
}
