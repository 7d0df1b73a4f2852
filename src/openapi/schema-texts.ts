import type { OpenAPIObject } from '@nestjs/swagger';
import { schemasOf } from './each.js';
import { inMemberOrder } from './member-order.js';
import { MEMBER_TEXTS } from './member-texts.js';

interface Described {
  description?: string;
  format?: string;
  example?: unknown;
}

const MOMENT = '2026-11-20T12:00:00.000Z';

/** Members stand in one order everywhere, and those that say nothing of themselves say what their name means everywhere. */
export function describeSchemas(document: OpenAPIObject): void {
  for (const [name, schema] of schemasOf(document)) {
    const { properties, required } = schema;
    if (!properties) continue;
    const members = inMemberOrder(Object.keys(properties), required);
    schema.properties = Object.fromEntries(members.map((member) => [member, properties[member] ?? {}]));
    if (required) schema.required = members.filter((member) => required.includes(member));
    for (const [member, described] of Object.entries(schema.properties) as [string, Described][]) {
      const text = MEMBER_TEXTS[`${name}.${member}`] ?? MEMBER_TEXTS[member];
      if (described.description === undefined && text !== undefined) described.description = text;
      if (described.format === 'date-time') described.example ??= MOMENT;
    }
  }
}
