import { fits, type Kind } from '../reading/kinds.js';
import type { Json } from '../types/json.js';
import type { Said } from './layers.js';
import { FITTING, parseText } from './parse.js';

const VARIANT = 'variant:';

export interface Asked {
  readonly key: string;
  readonly kind: Kind;
  /** Those of the flag, where the server has it. */
  readonly variants: readonly { readonly key: string; readonly value: Json }[];
  /** Told what does not fit, and what would. */
  readonly misfit: (message: string) => void;
}

export interface Found {
  readonly value: Json;
  readonly variant: string | null;
}

/** What the strongest override that fits says; null: none does. */
export function readOverride(said: readonly Said[], asked: Asked): Found | null {
  for (const one of said) {
    const found = one.from === 'override' ? fromValue(one.value, asked) : fromText(one.name, one.text, asked);
    if (found !== null) return found;
  }
  return null;
}

function fromValue(value: Json, { key, kind, variants, misfit }: Asked): Found | null {
  if (fits(value, kind)) return { value, variant: variants.find((variant) => variant.value === value)?.key ?? null };
  misfit(`The override of "${key}" is ${JSON.stringify(value)}: here it has to be ${FITTING[kind]}`);
  return null;
}

function fromText(name: string, text: string, { key, kind, variants, misfit }: Asked): Found | null {
  if (text.startsWith(VARIANT)) {
    const wanted = text.slice(VARIANT.length);
    const variant = variants.find((one) => one.key === wanted);
    if (variant && fits(variant.value, kind)) return { value: variant.value, variant: wanted };
    // a text may begin like that
    if (kind === 'string' && variants.length === 0) return { value: text, variant: null };
    const there =
      variants.length === 0 ? 'the variants of the flag are not known' : `there are ${variants.map((one) => one.key).join(', ')}`;
    misfit(`${name}=${text} names no ${kind === 'any' ? '' : `${kind} `}variant of "${key}": ${there}`);
    return null;
  }
  const value = parseText(text, kind);
  if (value !== undefined) return { value, variant: variants.find((one) => one.value === value)?.key ?? null };
  misfit(`${name}=${text} does not fit "${key}": write ${FITTING[kind]}, or variant:<key>`);
  return null;
}
