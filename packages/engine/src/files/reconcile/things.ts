import { deepEqual } from '../../json/equal.js';
import { contentOf } from '../../resolve/overrides.js';
import { environmentNamed, flagByKey } from '../../state/chain.js';
import type { State } from '../../state/state.js';
import { FLAG_MEMBERS, SEGMENT_MEMBERS } from '../../states/item-checks.js';
import { sameInstant } from '../../validate/rules/instants.js';
import type { Flag, JsonObject, JsonValue } from '../../types.js';
import type { Directory, OwnershipSaid, FilePlace } from '../words.js';

export const THING_KINDS = ['flag', 'override', 'segment'] as const;
export type ThingKind = (typeof THING_KINDS)[number];

/** What can be declared; of an override `key` is that of its flag and `environment` a slug, elsewhere null. */
export interface NamedThing {
  kind: ThingKind;
  key: string;
  environment: string | null;
}

/** A thing with what is said of it, by the fields of the server; a field that is not there is not said. */
export interface SaidThing extends NamedThing {
  fields: JsonObject;
  /** Where it is said, for people: `prod/billing.yaml:12`. */
  place: string | null;
}

export interface DeclaredThing extends SaidThing {
  ownership?: OwnershipSaid;
}

export const identityOf = ({ kind, key, environment }: NamedThing): string =>
  `${kind} ${key}${environment === null ? '' : `@${environment}`}`;

/** What people and patterns call a thing: `ui.x`, `ui.x@prod`, `segment:staff`. */
export function nameOf({ kind, key, environment }: NamedThing): string {
  return kind === 'segment' ? `segment:${key}` : environment === null ? key : `${key}@${environment}`;
}

/** Everything that a directory declares, in the names of a server's tree. What cannot be read is not among it. */
export function thingsOf(directory: Directory, state: State, said: (place: FilePlace) => string): DeclaredThing[] {
  const flags = [...directory.flags.values()].map(({ key, fields, place, ownership }): DeclaredThing => ({
    kind: 'flag',
    key,
    environment: null,
    fields: fields as JsonObject,
    place: said(place),
    ownership,
  }));
  const overrides = directory.overrides.map(({ flag, environment, fields, place, ownership }): DeclaredThing => ({
    ...{ kind: 'override', key: flag, environment: environmentNamed(state, environment)?.slug ?? environment },
    ...{ fields: fields as unknown as JsonObject, place: said(place), ownership },
  }));
  const segments = [...directory.segments.values()].map(({ place, key, ...fields }): DeclaredThing => ({
    kind: 'segment',
    key,
    environment: null,
    fields: fields as unknown as JsonObject,
    place: said(place),
  }));
  return [...segments, ...flags, ...overrides];
}

/** What a thing is on a server; null: there is none. Of an override only what it sets. */
export function liveFields(state: State, { kind, key, environment }: NamedThing): JsonObject | null {
  if (kind === 'segment') {
    const segment = state.segments.get(key);
    return segment ? pick(segment as unknown as JsonObject, Object.keys(SEGMENT_MEMBERS)) : null;
  }
  const flag = flagByKey(state, key);
  if (!flag || flag.archivedAt !== null) return null;
  if (kind === 'flag') return pick(flag as unknown as JsonObject, Object.keys(FLAG_MEMBERS));
  const there = environmentNamed(state, environment ?? '');
  const row = there && state.overrides.get(flag.id)?.get(there.id);
  const { rules, rulesMode, ...content } = (contentOf(row) ?? {}) as JsonObject;
  return { ...content, ...(rules !== undefined && { rules: { mode: rulesMode ?? 'replace', rules } }) };
}

const pick = (from: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.filter((name) => name !== 'key' && name !== 'archivedAt').map((name) => [name, from[name] ?? null]));

/** What a field is where nothing is said of it: of a flag and a segment its default, of an override nothing. */
export function defaultOf({ kind, key }: NamedThing, field: string): JsonValue | undefined {
  if (kind === 'override') return undefined;
  const fallback = (kind === 'flag' ? FLAG_MEMBERS : SEGMENT_MEMBERS)[field]?.fallback;
  return typeof fallback === 'function' ? fallback({ key }) : fallback;
}

/** Whether two values of a field mean the same; undefined: not said. */
export function sameField(thing: NamedThing, field: string, a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  const [one, other] = [a ?? defaultOf(thing, field) ?? null, b ?? defaultOf(thing, field) ?? null];
  if (field === 'expiresAt' && (typeof one === 'string' || one === null) && (typeof other === 'string' || other === null))
    return sameInstant(one, other);
  return deepEqual(one, other);
}

/** The flag with fields set, or cleared to what they are by default. */
export function flagWith(flag: Flag, fields: ReadonlyMap<string, JsonValue | undefined>): Flag {
  const thing: NamedThing = { kind: 'flag', key: flag.key, environment: null };
  return {
    ...flag,
    ...Object.fromEntries([...fields].map(([field, value]) => [field, value ?? defaultOf(thing, field) ?? null])),
  };
}
