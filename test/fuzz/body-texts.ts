import fc from 'fast-check';
import { stringify } from 'yaml';
import { LONG, oddValue, rarely } from './odd-values.js';

export interface Body {
  type: string | null;
  bytes: Buffer;
}

interface Mutation {
  place: number;
  kind: 'replace' | 'leave out' | 'add' | 'repeat';
  odd: unknown;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  place: fc.nat(),
  kind: fc.constantFrom('replace', 'replace', 'leave out', 'add', 'repeat'),
  odd: oddValue,
});

/** What is done to the text of a body, by name; most do nothing. */
const BROKEN: Record<string, (text: string, place: number) => string | Buffer> = {
  'cut off': (text, place) => text.slice(0, place % (text.length + 1)),
  'a key twice': (text) => text.replace(/^\{("(?:[^"\\]|\\.)*":)/, '{$1null,$1'),
  '__proto__': (text) => text.replace(/^\{/, '{"__proto__":{"admin":true},'),
  'a number beyond all': (text) => text.replace(/(?<=[:[,])\d+/, '1e400'),
  'a number that is not exact': (text) => text.replace(/(?<=[:[,])\d+/, '12345678901234567890'),
  'a byte that is no UTF-8': (text, place) => { const bytes = Buffer.from(text); bytes[place % Math.max(1, bytes.length)] = 0xff; return bytes; },
  'a mark of byte order': (text) => `\ufeff${text}`,
  'something behind it': (text) => `${text}{}`,
  'single quotes': (text) => text.replaceAll('"', "'"),
  'levels without end': () => '['.repeat(50_000),
  'too much of it': (text) => text.replace(/"$|\}$/, `,"x":"${LONG.repeat(20)}"}`),
  'nothing': () => '',
  'UTF-16': (text) => Buffer.from(text, 'utf16le'),
}; // prettier-ignore

const TYPES = ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/json; charset=utf-16', 'application/yaml', 'application/vnd.api+json', '', 'json', 'application/json;;;', null] as const; // prettier-ignore

/** Bodies as a careless or hostile client writes them: half of them as the schema says, the others changed, as a value or as a text. */
export function bodies(valid: fc.Arbitrary<unknown>, takesYaml: boolean): fc.Arbitrary<Body> {
  const value = fc.oneof(
    { weight: 4, arbitrary: valid },
    { weight: 4, arbitrary: fc.tuple(valid, fc.array(mutation, { minLength: 1, maxLength: 3 })).map(([one, all]) => all.reduce<unknown>(mutated, one)) },
    { weight: 1, arbitrary: oddValue },
  ); // prettier-ignore
  const broken = rarely(6, fc.tuple(fc.constantFrom(...Object.keys(BROKEN)), fc.nat()));
  const type = fc.oneof(
    { weight: 20, arbitrary: fc.constant('application/json') },
    { weight: 1, arbitrary: fc.constantFrom(...TYPES) },
  );
  const asYaml = takesYaml ? fc.boolean() : fc.constant(false);
  return fc.tuple(value, broken, type, asYaml).map(([made, harm, given, isYaml]) => {
    const text = isYaml ? stringify(made) : JSON.stringify(made);
    const written = harm === null ? text : (BROKEN[harm[0]]?.(text, harm[1]) ?? text);
    return { type: isYaml ? 'application/yaml' : given, bytes: Buffer.from(written as string) };
  });
}

/** A copy in which one place, counted from the outside, is another. */
function mutated(value: unknown, { place, kind, odd }: Mutation): unknown {
  const copy = structuredClone(value);
  const places = placesIn(copy);
  const [parent, key] = places[place % Math.max(1, places.length)] ?? [];
  if (parent === undefined || key === undefined) return kind === 'replace' ? odd : copy;
  if (Array.isArray(parent)) {
    const at = Number(key);
    parent.splice(at, kind === 'replace' || kind === 'leave out' ? 1 : 0, ...(kind === 'leave out' ? [] : [kind === 'repeat' ? parent[at] : odd]));
  } else if (kind === 'leave out') Reflect.deleteProperty(parent, key);
  else if (kind === 'replace') parent[key] = odd;
  else parent[kind === 'add' ? 'extra' : `${key}s`] = kind === 'add' ? odd : parent[key];
  return copy;
} // prettier-ignore

type Container = unknown[] | Record<string, unknown>;

function placesIn(value: unknown): (readonly [Container, string])[] {
  if (typeof value !== 'object' || value === null) return [];
  const container = value as Container;
  return Object.entries(container).flatMap(([key, inner]) => [[container, key] as const, ...placesIn(inner)]);
}
