import type { OpenAPIObject } from '@nestjs/swagger';
import { type Schema, schemasOf } from './each.js';
import { MEMBER_TEXTS } from './member-texts.js';

interface Described {
  description?: string;
  format?: string;
  example?: unknown;
}

const MOMENT = '2026-11-20T12:00:00.000Z';

/** What must be there comes first; members that say nothing of themselves say what their name means everywhere. */
export function describeSchemas(document: OpenAPIObject): void {
  for (const [name, schema] of schemasOf(document)) {
    if (!schema.properties) continue;
    schema.properties = requiredFirst(schema);
    for (const [member, described] of Object.entries(schema.properties) as [string, Described][]) {
      const text = MEMBER_TEXTS[`${name}.${member}`] ?? MEMBER_TEXTS[member];
      if (described.description === undefined && text !== undefined) described.description = text;
      if (described.format === 'date-time') described.example ??= MOMENT;
    }
  }
}

function requiredFirst({ properties = {}, required = [] }: Schema): NonNullable<Schema['properties']> {
  const order = (name: string) => (required.includes(name) ? required.indexOf(name) - required.length : 0);
  return Object.fromEntries(Object.entries(properties).sort(([a], [b]) => order(a) - order(b)));
}
