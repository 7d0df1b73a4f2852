import type { HeldDocument } from './held-document.js';
import type { FlagSet } from '../types/flags.js';

/** What a person should know about the definitions, now that it is known what the server has: one text for each difference. */
export function definitionDifferences(definitions: FlagSet, { flags, environment }: HeldDocument): string[] {
  return Object.entries(definitions).flatMap(([key, { type }]) => {
    const row = Object.hasOwn(flags, key) ? flags[key] : undefined;
    if (row === undefined) return [`The code defines "${key}", and ${environment} has no such flag: its fallback is served`];
    const has = row['type'];
    if (typeof has !== 'string' || has === type) return [];
    return [`The code defines "${key}" as ${type}, and in ${environment} it is ${has}: its fallback is served`];
  });
}
