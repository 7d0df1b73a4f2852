import { readFileSync } from 'node:fs';
import { UsageError } from './command-error.js';

/**
 * `percentage=20 rules=@rules.json`: fields with their values. A value is JSON, or else a text; `@path` is the content of a file (`@-`: stdin).
 *
 * @throws {UsageError} for what is no assignment, or names no field of those
 */
export function assignmentsIn<Field extends string>(
  typed: readonly string[],
  fields: readonly Field[],
): Partial<Record<Field, unknown>> {
  const found: Partial<Record<Field, unknown>> = {};
  for (const one of typed) {
    const [, name = '', text = ''] = /^([\w.]+)=([^]*)$/.exec(one) ?? [];
    if (name === '') throw new UsageError(`${JSON.stringify(one)} is no field=value, such as ${fields[0] ?? 'name'}=….`);
    const field = fields.find((known) => known === name);
    if (field === undefined) throw new UsageError(`There is no field "${name}": it is one of ${fields.join(', ')}.`);
    if (field in found) throw new UsageError(`"${name}" is given twice.`);
    found[field] = text.startsWith('@') ? fileValue(text.slice(1)) : valueOf(text);
  }
  return found;
}

/** Values are JSON; what is no JSON is text, such as the key of a variant. */
export function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function fileValue(path: string): unknown {
  const text = readInput(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${path} holds no JSON (${(cause as Error).message}).`, { cause });
  }
}

/** The content of a file; `-` is stdin. */
export function readInput(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (cause) {
    throw new UsageError(
      `${path === '-' ? 'stdin' : path} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      { cause },
    );
  }
}

/** A context: JSON, or `@path`. */
export function contextFrom(typed: string | undefined, targetingKey: string | undefined): Record<string, unknown> {
  const value = typed === undefined ? {} : typed.startsWith('@') ? fileValue(typed.slice(1)) : valueOf(typed);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError(`--context takes a JSON object, such as '{"plan": "beta"}', or @file.`);
  return { ...value, ...(targetingKey !== undefined && { targetingKey }) };
}
