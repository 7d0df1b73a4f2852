import type {
  Bucketing,
  Condition,
  Environment,
  EnvironmentFlag,
  EnvironmentSettings,
  Flag,
  FlagMetadata,
  FlagType,
  JsonObject,
  JsonValue,
  OnMissingKey,
  Prerequisite,
  Rule,
  RulesMode,
  Segment,
  Variant,
} from '../types.js';

/*
 * A row as the database writes it in jsonb (snake_case columns) becomes the type that the engine speaks. A column is taken as it is: the
 * database guards its shape, and what a hand has written past the guard is found when the flag is compiled, never here.
 */

export function environmentFromRow(row: JsonObject): Environment {
  return {
    id: text(row['id']),
    slug: text(row['slug']),
    aliases: asIs<string[]>(row['aliases'] ?? []),
    name: text(row['name']),
    description: optionalText(row['description']),
    url: optionalText(row['url']),
    parentId: optionalText(row['parent_id']),
    settings: asIs<EnvironmentSettings>(row['settings'] ?? {}),
    isActive: row['is_active'] !== false,
    expiresAt: optionalInstant(row['expires_at']),
    ...stamps(row),
  };
}

export function flagFromRow(row: JsonObject): Flag {
  return {
    id: text(row['id']),
    key: text(row['key']),
    name: text(row['name']),
    description: optionalText(row['description']),
    type: asIs<FlagType>(row['type']),
    enabled: asIs<boolean>(row['enabled']),
    percentage: numeric(row['percentage'] ?? 100) as number,
    rules: asIs<Rule[]>(row['rules'] ?? []),
    variants: asIs<Variant[]>(row['variants'] ?? []),
    defaultVariant: asIs<string | null>(row['default_variant'] ?? null),
    offVariant: asIs<string | null>(row['off_variant'] ?? null),
    bucketing: asIs<Bucketing>(row['bucketing'] ?? 'flagd-v2'),
    salt: asIs<string | null>(row['salt'] ?? null),
    onMissingKey: asIs<OnMissingKey>(row['on_missing_key'] ?? 'error'),
    prerequisites: asIs<Prerequisite[]>(row['prerequisites'] ?? []),
    owner: optionalText(row['owner']),
    tags: asIs<string[]>(row['tags'] ?? []),
    metadata: asIs<FlagMetadata>(row['metadata'] ?? {}),
    permanent: row['permanent'] === true,
    expiresAt: optionalInstant(row['expires_at']),
    archivedAt: optionalInstant(row['archived_at']),
    ...stamps(row),
  };
}

export function environmentFlagFromRow(row: JsonObject): EnvironmentFlag {
  return {
    id: text(row['id']),
    environmentId: text(row['environment_id']),
    flagId: text(row['flag_id']),
    enabled: asIs<boolean | null>(row['enabled'] ?? null),
    percentage: numeric(row['percentage'] ?? null),
    rules: asIs<Rule[] | null>(row['rules'] ?? null),
    rulesMode: asIs<RulesMode>(row['rules_mode'] ?? 'replace'),
    variants: asIs<Variant[] | null>(row['variants'] ?? null),
    defaultVariant: asIs<string | null>(row['default_variant'] ?? null),
    offVariant: asIs<string | null>(row['off_variant'] ?? null),
    reason: optionalText(row['reason']),
    ...stamps(row),
  };
}

export function segmentFromRow(row: JsonObject): Segment {
  return {
    id: text(row['id']),
    key: text(row['key']),
    name: text(row['name']),
    description: optionalText(row['description']),
    conditions: asIs<Condition[]>(row['conditions'] ?? []),
    ...stamps(row),
  };
}

/** The row of a thing as jsonb has it: the inverse of the four above. */
export function rowOf(thing: object): JsonObject {
  const row: JsonObject = {};
  for (const [name, value] of Object.entries(thing)) row[columnOf(name)] = value as JsonValue;
  return row;
}

const columns = new Map<string, string>();

/** Members are few and rows are many. */
function columnOf(name: string): string {
  let column = columns.get(name);
  if (column === undefined) columns.set(name, (column = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)));
  return column;
}

function stamps(row: JsonObject): { createdAt: string; updatedAt: string; version: number } {
  return { createdAt: instant(row['created_at']), updatedAt: instant(row['updated_at']), version: Number(row['version'] ?? 1) };
}

/** RFC 3339 in UTC, told with Z: the database writes the same moment with its offset. */
function instant(value: JsonValue | undefined): string {
  return text(value).replace(/[+-]00:00$/, 'Z');
}

function optionalInstant(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? instant(value) : null;
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function optionalText(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** PostgreSQL's numeric arrives as a number in jsonb and as text through drivers; nothing else is turned into a number. */
function numeric(value: JsonValue): number | null {
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : (value as number | null);
}

function asIs<T>(value: unknown): T {
  return value as T;
}
