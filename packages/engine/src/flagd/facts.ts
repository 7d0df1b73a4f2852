import { isPlainObject } from '../json/values.js';
import type { JsonObject, JsonValue } from '../types.js';

/** What a definition tells of a flag beside what it serves. */
export interface Facts {
  description?: string;
  owner?: string;
  tags?: string[];
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
  for (const name of Object.keys(metadata)) if (!(FACTS as readonly string[]).includes(name)) left.push(`metadata.${name}`);
  return { facts, left };
}

function readFact(name: (typeof FACTS)[number], value: JsonValue | undefined): string | string[] | undefined {
  if (name !== 'tags') return typeof value === 'string' ? value : undefined;
  if (typeof value === 'string') return tagsIn(value);
  return Array.isArray(value) && value.every((tag) => typeof tag === 'string') ? [...new Set(value)] : undefined;
}

function tagsIn(text: string): string[] {
  return [...new Set(text.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '');
}

/** As members of flagd's metadata, whose values are no lists. */
export function factsForFlagd({
  description,
  owner,
  tags,
}: {
  description: string | null;
  owner: string | null;
  tags: readonly string[];
}) {
  const metadata = {
    ...(description !== null && description !== '' && { description }),
    ...(owner !== null && owner !== '' && { owner }),
    ...(tags.length > 0 && { tags: tags.join(',') }),
  };
  return Object.keys(metadata).length > 0 ? metadata : undefined;
}
