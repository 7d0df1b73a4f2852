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

/** What every row has is told last. */
const OF_EVERY_ROW = ['createdAt', 'updatedAt', 'version', 'id', 'revision'];

function requiredFirst({ properties = {}, required = [] }: Schema): NonNullable<Schema['properties']> {
  const last = required.includes('updatedAt') ? OF_EVERY_ROW.filter((name) => required.includes(name)) : [];
  const order = [...required.filter((name) => !last.includes(name)), ...last];
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) - order.length : 0);
  return Object.fromEntries(Object.entries(properties).sort(([a], [b]) => place(a) - place(b)));
}
