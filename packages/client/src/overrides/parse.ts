import type { Kind } from '../reading/kinds.js';
import type { Json } from '../types/json.js';

/** The text of a variable as a value of the type that is asked for; undefined: it is none. */
export function parseText(text: string, kind: Kind): Json | undefined {
  switch (kind) {
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'number':
      return numberIn(text);
    case 'json':
      return jsonIn(text);
    case 'string':
      return text;
    case 'any':
      return parseText(text, 'boolean') ?? numberIn(text) ?? text;
  }
}

/** What would have been right, for people. */
export const FITTING: Readonly<Record<Kind, string>> = {
  boolean: 'true or false',
  number: 'a number, such as 20 or 0.5',
  json: 'JSON, such as {"max":3}',
  string: 'any text',
  any: 'any text',
};

function numberIn(text: string): number | undefined {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

function jsonIn(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
