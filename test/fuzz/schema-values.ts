import fc from 'fast-check';
import { ODD_TEXTS } from './odd-values.js';

export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  example?: unknown;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minimum?: number;
  maximum?: number;
}

/** Names that are there, and some that are not: what a member is called says which. */
export interface Names {
  environments: readonly string[];
  flags: readonly string[];
  ids: readonly string[];
}

const DEEPEST = 5;

/** Values that a schema of the OpenAPI document takes, or nearly: of what it says in words nothing is known here. */
export class SchemaValues {
  constructor(
    private readonly schemas: Record<string, Schema>,
    private readonly names: Names,
  ) {}

  of(schema: Schema, name = '', depth = 0): fc.Arbitrary<unknown> {
    if (schema.$ref !== undefined) return this.of(this.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, name, depth);
    const choices = schema.oneOf ?? schema.anyOf ?? schema.allOf;
    if (choices !== undefined) return fc.oneof(...choices.map((choice) => this.of(choice, name, depth)));
    const drawn = fc.oneof(...[schema.type ?? 'string'].flat().map((type) => this.ofType(type, schema, name, depth)));
    return schema.example === undefined ? drawn : fc.oneof(drawn, fc.constant(schema.example));
  }

  private ofType(type: string, schema: Schema, name: string, depth: number): fc.Arbitrary<unknown> {
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
    const { minimum = 0, maximum = 100 } = schema;
    if (type === 'null') return fc.constant(null);
    if (type === 'boolean') return fc.boolean();
    if (type === 'integer') return fc.integer({ min: minimum, max: Math.max(minimum, maximum) });
    if (type === 'number') return fc.constantFrom(minimum, maximum, (minimum + maximum) / 2, 33.3);
    if (type === 'array') return depth > DEEPEST ? fc.constant([]) : fc.array(this.of(schema.items ?? {}, name, depth + 1), { maxLength: 3 });
    return type === 'object' ? this.ofObject(schema, depth) : this.ofText(name);
  } // prettier-ignore

  private ofObject({ properties, required = [] }: Schema, depth: number): fc.Arbitrary<unknown> {
    if (properties === undefined) return fc.dictionary(fc.constantFrom('plan', 'targetingKey', 'protected', 'var', 'if'), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 }); // prettier-ignore
    if (depth > DEEPEST) return fc.constant({});
    const members = Object.entries(properties).map(([name, schema]) => [name, this.of(schema, name, depth + 1)] as const);
    return fc.record(Object.fromEntries(members), { requiredKeys: required });
  }

  private ofText(name: string): fc.Arbitrary<string> {
    const { environments, flags, ids } = this.names;
    const usual = /^(slug|env|environments?|from|to|targets?|parent|keep)$/.test(name)
      ? environments
      : /^(key|flags?|search)$/.test(name)
        ? flags
        : /^(at|toAt|since|until|expiresAt)$/.test(name)
          ? ['1', '20', '2026-11-20T12:00:00Z', '2099-01-01T00:00:00Z']
          : /id$/i.test(name)
            ? ids
            : ['on', 'off', 'fuzz', 'pro', '1.2.3'];
    return fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(...usual) },
      { weight: 1, arbitrary: fc.constantFrom(...ODD_TEXTS) },
    );
  }
}
