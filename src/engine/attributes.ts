import type { EvaluationContext } from './types.js';

/** The attribute's value, or undefined when the context has no such attribute of its own. */
export type AttributeReader = (context: EvaluationContext, now: number) => unknown;

/** The moment of the evaluation, as an attribute: RFC 3339 text. A context cannot set it. */
export const NOW = '$now';

/** A dotted path. A context may also have the literal key `user.plan`, which comes before the member `plan` of `user`. */
export function attributeReader(path: string): AttributeReader {
  if (path === NOW) return (_context, now) => momentText(now);
  const names = path.split('.');
  if (names.length === 1) return (context) => ownMember(context, path);
  return (context) => {
    const literal = ownMember(context, path);
    return literal === undefined ? memberAt(context, names) : literal;
  };
}

function memberAt(context: EvaluationContext, names: readonly string[]): unknown {
  let value: unknown = context;
  for (const name of names) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = ownMember(value, name);
  }
  return value;
}

const { hasOwnProperty } = Object.prototype;

/** Never what an object inherits: `constructor` is an attribute only where the context says so. */
function ownMember(object: object, name: string): unknown {
  // twice as fast in V8 as Object.hasOwn
  return hasOwnProperty.call(object, name) ? (object as { [name: string]: unknown })[name] : undefined;
}

const LAST_MOMENT = 8.64e15;

function momentText(now: number): string | undefined {
  return Math.abs(now) <= LAST_MOMENT ? new Date(now).toISOString() : undefined;
}
