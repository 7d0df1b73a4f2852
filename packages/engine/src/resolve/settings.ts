import { deepEqual } from '../json/equal.js';
import { isPlainObject } from '../json/values.js';
import { chainOf, CircularEnvironmentInheritanceError } from '../state/chain.js';
import type { State } from '../state/state.js';
import type { Environment, EnvironmentSettings, JsonValue } from '../types.js';
import type { Resolved } from './resolve.js';

/** The settings that say who may write an environment. Both come down the tree until a child says otherwise. */
export const GUARDS = ['protected', 'require_approval'] as const;
export type Guard = (typeof GUARDS)[number];

/** The settings that have a meaning: true or false. All others are the user's. */
export const KNOWN_SETTINGS = [...GUARDS, 'default_enabled'] as const;

/** By key: the value of the nearest environment on the chain that sets it. */
export type ResolvedSettings = Record<string, Resolved<JsonValue>>;

/** What the settings of an environment come to, each key on its own, also where the inheritance of flags is switched off. */
export function resolveSettings(state: State, environment: Environment): ResolvedSettings {
  const resolved = new Map<string, Resolved<JsonValue>>();
  const above = new Set<string>();
  for (const link of chainOf(state, environment)) {
    for (const [key, value] of entriesOf(link.settings)) {
      const known = resolved.get(key);
      if (!known) {
        const own = link === environment;
        resolved.set(key, { value, source: { kind: 'environment', slug: link.slug }, state: own ? 'overridden' : 'inherited' });
      } else if (known.state === 'overridden' && !above.has(key)) {
        above.add(key);
        if (deepEqual(known.value, value)) known.state = 'overridden-equal';
      }
    }
  }
  return Object.fromEntries([...resolved].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The resolved values alone; the guards are always among them. */
export function effectiveSettings(state: State, environment: Environment): EnvironmentSettings & Record<Guard, boolean> {
  const values = Object.fromEntries(Object.entries(resolveSettings(state, environment)).map(([key, { value }]) => [key, value]));
  return { ...values, protected: values['protected'] === true, require_approval: values['require_approval'] === true };
}

/**
 * Whether the guard holds, and the slug of the environment that says so; null: none says anything. On or under a cycle nobody can tell,
 * so that it holds.
 */
export function resolveGuard(state: State, environment: Environment, guard: Guard): { holds: boolean; by: string | null } {
  try {
    const nearest = chainOf(state, environment).find(({ settings }) => isSet(guard, settings?.[guard]));
    return { holds: nearest?.settings[guard] === true, by: nearest?.slug ?? null };
  } catch (error) {
    if (error instanceof CircularEnvironmentInheritanceError) return { holds: true, by: null };
    throw error;
  }
}

/** What a hand has written past the database's guards is passed over: a null, a word where there should be true or false. */
function entriesOf(settings: unknown): [string, JsonValue][] {
  return isPlainObject(settings) ? Object.entries(settings).filter(([key, value]) => isSet(key, value)) : [];
}

function isSet(key: string, value: JsonValue | undefined): value is Exclude<JsonValue, null> {
  const isKnown = (KNOWN_SETTINGS as readonly string[]).includes(key);
  return value !== null && value !== undefined && (!isKnown || typeof value === 'boolean');
}
