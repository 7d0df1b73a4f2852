import { randomBytes } from 'node:crypto';
import type { Environment, EnvironmentFlag, Flag, JsonObject, JsonValue, Segment } from '@flagtree/engine';

/** The row of a thing as jsonb has it: the inverse of the engine's `…FromRow`. */
export function rowOf(thing: Environment | Flag | EnvironmentFlag | Segment): JsonObject {
  const row: JsonObject = {};
  for (const [name, value] of Object.entries(thing)) row[snakeCase(name)] = value as JsonValue;
  return row;
}

const columns = new Map<string, string>();

/** Members are few and rows are many. */
function snakeCase(name: string): string {
  let column = columns.get(name);
  if (column === undefined) columns.set(name, (column = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)));
  return column;
}

/** A UUID of version 7, for rows that others of the same change refer to: the time in milliseconds, then chance. */
export function newId(now = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = 0x70 | (bytes.readUInt8(6) & 0x0f);
  bytes[8] = 0x80 | (bytes.readUInt8(8) & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
