import type { EvaluationContext } from '../types.js';

/** The moment of the evaluation, as an attribute: RFC 3339 text. A context cannot set it. */
export const NOW = '$now';

/**
 * What a context says under a name, a dotted path or a JSON Pointer, which also leads to members with a dot (`/user/plan.name`). The whole of it
 * is also a literal key: `user.plan` comes before the member `plan` of `user`.
 */
export class Attribute {
  private readonly place: number;
  private readonly read: Reader;

  constructor(private readonly path: string) {
    this.place = placeOf(path);
    this.read = readerOf(path);
  }

  /**
   * The value, or undefined when the context has none of its own. The context is a plain object: `ownContext` has made it one where it was
   * not. V8 learns what a keyed read finds by its place in the program text. So each of the first names has a place of its own, where it is as
   * quick as `context.plan`: a place that all share costs several times as much.
   */
  of(context: EvaluationContext, now: number): unknown {
    switch (this.place) {
      case 0:
        return context[this.path];
      case 1:
        return context[this.path];
      case 2:
        return context[this.path];
      case 3:
        return context[this.path];
      case 4:
        return context[this.path];
      case 5:
        return context[this.path];
      case 6:
        return context[this.path];
      case 7:
        return context[this.path];
      default:
        return this.read(context, now);
    }
  }
}

const OWN_PLACES = 8;
const NO_PLACE = -1;
const places = new Map<string, number>();

/** Whose name is known first has a place first; a path, and a name under which one has to look closer, never has one. */
function placeOf(path: string): number {
  const known = places.get(path);
  if (known !== undefined) return known;
  if (places.size === OWN_PLACES || membersOf(path).length > 1 || path.startsWith('/') || !isOrdinaryName(path)) return NO_PLACE;
  places.set(path, places.size);
  return places.size - 1;
}

type Reader = (context: EvaluationContext, now: number) => unknown;

function readerOf(path: string): Reader {
  if (path === NOW) return (_context, now) => momentText(now);
  const whole: Reader = isOrdinaryName(path) ? (context) => context[path] : (context) => ownMember(context, path);
  const names = membersOf(path);
  if (names.length === 1 && names[0] === path) return whole;
  return (context, now) => {
    const literal = whole(context, now);
    return literal === undefined ? memberAt(context, names) : literal;
  };
}

/** The names that lead to an attribute, one inside the other. */
export function membersOf(path: string): string[] {
  if (!path.startsWith('/')) return path.split('.');
  return path
    .slice(1)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** No plain object inherits anything under such a name: then it can be read without asking whose it is, in a third of the time. */
function isOrdinaryName(path: string): boolean {
  return path !== NOW && !(path in Object.prototype);
}

export function isContext(context: unknown): context is EvaluationContext {
  return typeof context === 'object' && context !== null && !Array.isArray(context);
}

/** The context as a plain object, of what was its own. */
export function ownContext(context: EvaluationContext): EvaluationContext {
  return isOrdinary(context) || isPlain(context) ? context : { ...context };
}

/** Nothing that `isPlain` would not find. But a named read shows V8 the context's shape: it then knows the prototype without calling for it. */
function isOrdinary(context: EvaluationContext): boolean {
  return context.constructor === Object && isPlain(context);
}

function isPlain(context: EvaluationContext): boolean {
  const prototype: unknown = Object.getPrototypeOf(context);
  return prototype === Object.prototype || prototype === null;
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

/** In milliseconds since 1970, before and after: there is no `Date` beyond. */
export const LAST_MOMENT = 8.64e15;

function momentText(now: number): string | undefined {
  return Math.abs(now) <= LAST_MOMENT ? new Date(now).toISOString() : undefined;
}
