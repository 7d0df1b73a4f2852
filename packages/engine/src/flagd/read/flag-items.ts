import type { Flag, JsonObject, Rule } from '../../types.js';
import type { NotExpressed } from '../flagd-document.js';
import type { FlagdDefinition } from './check-flagd.js';
import { type Facts, newFacts } from '../facts.js';
import { variantsOf } from './own-defects.js';

/** flagd has neither percentages nor prerequisites; what is disabled there has no value of its own. */
export function flagItem(definition: FlagdDefinition, existing: Flag | undefined): JsonObject {
  const { key, type, enabled, defaultVariant } = definition;
  return {
    ...(existing ? itemOf(existing) : { key }),
    ...{
      type,
      enabled,
      percentage: 100,
      rules: rulesOf(definition) as never,
      variants: described(definition, existing) as never,
    },
    ...{ defaultVariant, offVariant: null, prerequisites: [], archivedAt: null },
    ...takenFacts(definition, existing),
  };
}

/** A flag that serves already what the definition says: only what is told of it can be news. */
export function keptFlagItem(definition: FlagdDefinition, existing: Flag): JsonObject {
  return { ...itemOf(existing), ...takenFacts(definition, existing) };
}

/** The facts that are news, without those that the flag has in its own words. */
function takenFacts({ facts }: FlagdDefinition, existing: Flag | undefined): Facts {
  if (!existing) return facts;
  const news = newFacts(facts, existing).filter((name) => !isSaid(name, existing));
  return Object.fromEntries(news.map((name) => [name, facts[name]]));
}

/** What people have said of a flag stays. Its metadata is part of its answers, and follows the definition. */
function isSaid(name: keyof Facts, flag: Flag): boolean {
  return name !== 'metadata' && flag[name] !== null && flag[name].length > 0;
}

/** The facts of a definition that a flag has otherwise, in its own words. */
export function factsThatStay({ key, facts }: FlagdDefinition, existing: Flag): NotExpressed[] {
  const names = newFacts(facts, existing).filter((name) => isSaid(name, existing));
  return names.length === 0 ? [] : [{ flag: key, detail: `its ${names.join(', ')}: the flag has its own, which stays` }];
}

export function rulesOf({ targeting }: Pick<FlagdDefinition, 'targeting'>): Rule[] {
  return Object.keys(targeting).length > 0 ? [{ id: 'targeting', targeting }] : [];
}

/** What is told of a flag belongs to itself, not to what it is in an environment. */
export function factDifferences({ key, facts }: { key: string; facts: Facts }, existing: Flag): NotExpressed[] {
  const names = newFacts(facts, existing);
  if (names.length === 0) return [];
  return [{ flag: key, detail: `its ${names.join(', ')}: that is the flag's own, in all environments; import it without env` }];
}

/** flagd's variants have no descriptions: those of the same keys stay. */
function described(definition: FlagdDefinition, existing: Flag | undefined) {
  return variantsOf(definition).map((variant) => {
    const description = existing?.variants.find(({ key }) => key === variant.key)?.description;
    return description === undefined ? variant : { ...variant, description };
  });
}

function itemOf({ id: _id, createdAt: _createdAt, updatedAt: _updatedAt, version: _version, ...item }: Flag): JsonObject {
  return item as unknown as JsonObject;
}
