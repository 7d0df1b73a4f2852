import { isPlainObject } from '../json/values.js';
import { deepEqual } from '../json/equal.js';
import type { Flag, FlagMetadata, JsonObject, JsonValue } from '../types.js';

/** What a definition tells of a flag beside what it serves. */
export interface Facts {
  description?: string;
  owner?: string;
  tags?: string[];
  metadata?: FlagMetadata;
}

const READ = ['key', 'state', 'variants', 'defaultVariant', 'targeting', 'metadata', 'description', 'owner', 'tags'];
const FACTS = ['description', 'owner', 'tags'] as const;

/** The facts of a definition, its own members before those of its metadata, as an export writes them; and the names of what has no place here. */
export function factsOf(definition: JsonObject): { facts: Facts; left: string[] } {
  const metadata = isPlainObject(definition['metadata']) ? definition['metadata'] : {};
  const facts: Facts = {};
  const left = Object.keys(definition).filter((name) => !READ.includes(name));
  for (const name of FACTS) {
    const [own, other] = [definition[name], metadata[name]].map((value) => readFact(name, value));
    const value = own ?? other;
    if (value !== undefined) Object.assign(facts, { [name]: value });
    if (own === undefined && definition[name] !== undefined) left.push(name);
    if (other === undefined ? metadata[name] !== undefined : JSON.stringify(other) !== JSON.stringify(value))
      left.push(`metadata.${name}`);
  }
  const others = Object.entries(metadata).filter(([name]) => !isFact(name));
  if (others.length > 0) facts.metadata = Object.fromEntries(others) as FlagMetadata;
  return { facts, left };
}

const isFact = (name: string) => (FACTS as readonly string[]).includes(name);

/** Which facts a flag has otherwise; none where they are what is exported of it. */
export function newFacts(facts: Facts, flag: Flag): (keyof Facts)[] {
  const exported = factsOf({ metadata: factsForFlagd(flag) ?? {} }).facts;
  if (deepEqual(facts, exported)) return [];
  return (Object.keys(facts) as (keyof Facts)[]).filter((name) => !deepEqual(facts[name], flag[name]));
}

function readFact(name: (typeof FACTS)[number], value: JsonValue | undefined): string | string[] | undefined {
  if (name !== 'tags') return typeof value === 'string' ? value : undefined;
  if (typeof value === 'string') return tagsIn(value);
  return Array.isArray(value) && value.every((tag) => typeof tag === 'string') ? [...new Set(value)] : undefined;
}

function tagsIn(text: string): string[] {
  return [...new Set(text.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '');
}

/** As members of flagd's metadata, whose values are no lists: the flag's own words come before its metadata of the same names. */
export function factsForFlagd({
  description,
  owner,
  tags,
  metadata: own,
}: Pick<Flag, 'description' | 'owner' | 'tags' | 'metadata'>): FlagMetadata | undefined {
  const metadata = {
    ...own,
    ...(description !== null && description !== '' && { description }),
    ...(owner !== null && owner !== '' && { owner }),
    ...(tags.length > 0 && { tags: tags.join(',') }),
  };
  return Object.keys(metadata).length > 0 ? metadata : undefined;
}

/** The metadata of a flag that gives way to its own words. */
export function hiddenMetadata(flag: Flag): string[] {
  const exported = factsForFlagd(flag) ?? {};
  return Object.keys(flag.metadata).filter((name) => exported[name] !== flag.metadata[name]);
}
