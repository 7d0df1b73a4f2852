import { documentSchema } from '../../states/document-schema.js';
import { FLAG_MEMBERS, OVERRIDE_MEMBERS } from '../../states/item-checks.js';
import { FLAG_KEY, SLUG } from '../../state/names.js';
import { ENVIRONMENT_MEMBERS, SEGMENT_MEMBERS } from '../../states/item-checks.js';
import { BASE_MEMBERS, OVERLAY_MEMBERS } from '../read/flag-entries.js';
import { CHECK_MEMBERS } from '../read/checks-file.js';
import { ENVIRONMENT_FILE_MEMBERS } from '../read/tree-file.js';
import { OWNERSHIPS, POLICY_RULES } from '../words.js';

export const FILE_SCHEMAS = ['base', 'overlay', 'environments', 'checks', 'policy', 'segments'] as const;
export type FileSchemaName = (typeof FILE_SCHEMAS)[number];

const DRAFT = 'http://json-schema.org/draft-07/schema#';

type Properties = Record<string, object>;

const strict = (properties: Properties, required: string[] = []) => ({
  type: 'object',
  ...(required.length > 0 && { required }),
  properties,
  additionalProperties: false,
});
const byName = (item: object, pattern?: string) => ({
  type: 'object',
  ...(pattern !== undefined && { propertyNames: { pattern } }),
  additionalProperties: item,
});

/** The JSON Schema of a kind of file, for editors: what it takes this directory takes, as far as a schema can say. */
export function fileSchema(name: FileSchemaName): object {
  const { title, schema, definitions } = SCHEMAS[name]();
  const { properties, ...others } = schema as { properties: Properties };
  return {
    $schema: DRAFT,
    $id: `urn:flagtree:schema:files:v1:${name}`,
    title,
    ...others,
    properties: { $schema: { type: 'string' }, ...properties },
    ...(definitions && { definitions: definitionsOfStates() }),
  };
}

const OWNERSHIP = { anyOf: [{ enum: OWNERSHIPS }, byName({ enum: OWNERSHIPS })] };
const VARIANTS = {
  anyOf: [
    { type: 'object', minProperties: 1, maxProperties: 100 },
    { type: 'array', minItems: 1, maxItems: 100, items: ref('variant') },
  ],
};
const IN_FILES: Properties = {
  state: { enum: ['ENABLED', 'DISABLED'] },
  variants: VARIANTS,
  targeting: { type: 'object', description: 'A flagd targeting expression; {} for none.' },
  ownership: OWNERSHIP,
};

function flagEntry(members: readonly string[], items: Record<string, { schema: object }>, required: string[]): object {
  const properties = Object.fromEntries(
    members.map((name) => [name, IN_FILES[name] ?? inDraft7(items[name]?.schema ?? FLAG_MEMBERS[name]?.schema ?? {})]),
  );
  return { ...strict(properties, required), not: { required: ['targeting', 'rules'] } };
}

const SCHEMAS: Record<FileSchemaName, () => { title: string; schema: object; definitions?: true }> = {
  base: () => ({
    title: 'Flags, as they are everywhere',
    schema: strict(
      {
        flags: byName(flagEntry(BASE_MEMBERS, FLAG_MEMBERS, ['state', 'variants']), FLAG_KEY.source),
        $evaluators: byName({ type: 'object' }),
        metadata: { type: 'object' },
      },
      ['flags'],
    ),
    definitions: true,
  }),
  overlay: () => ({
    title: 'What an environment has differently',
    schema: strict({ flags: byName(flagEntry(OVERLAY_MEMBERS, withoutNull(OVERRIDE_MEMBERS), []), FLAG_KEY.source) }, ['flags']),
    definitions: true,
  }),
  environments: () => ({
    title: 'The tree of environments',
    schema: strict({
      source: { type: 'string', pattern: '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$', description: 'Who declares; unique on a server.' },
      environments: byName(
        {
          anyOf: [
            strict(
              Object.fromEntries(
                ENVIRONMENT_FILE_MEMBERS.map((name) => [name, inDraft7(ENVIRONMENT_MEMBERS[name]?.schema ?? {})]),
              ),
            ),
            { type: 'null' },
          ],
        },
        SLUG.source,
      ),
    }),
    definitions: true,
  }),
  checks: () => ({
    title: 'Contexts, and the variants that flags must serve them',
    schema: strict({
      contexts: { type: 'array', items: { type: 'object' }, description: 'TriedContext on every flag by a dry run.' },
      checks: byName(
        byName(
          strict(
            Object.fromEntries(
              CHECK_MEMBERS.map((name) => [
                name,
                name === 'context' ? { type: 'object' } : { type: name === 'variant' ? ['string', 'null'] : 'string' },
              ]),
            ),
            ['variant'],
          ),
        ),
        FLAG_KEY.source,
      ),
    }),
  }),
  policy: () => ({
    title: 'What a directory of flags must keep to',
    schema: strict({
      keys: { type: 'string', maxLength: 200, description: 'A regular expression for the keys of flags.' },
      require: { type: 'array', items: { enum: ['description', 'owner', 'tags', 'metadata'] } },
      attributes: byName({ anyOf: [{ const: 'any' }, { type: 'array' }] }),
      ownership: {
        type: 'array',
        items: strict(
          {
            flags: { type: 'string' },
            environments: { type: 'array', items: { type: 'string' } },
            fields: { anyOf: [{ const: '*' }, { type: 'array', items: { type: 'string' } }] },
            owner: { enum: OWNERSHIPS },
          },
          ['fields', 'owner'],
        ),
      },
      rules: strict(Object.fromEntries(POLICY_RULES.map((rule) => [rule, { enum: ['error', 'warn', 'off'] }]))),
      prune: strict({ atMost: { type: 'integer', minimum: 0 } }),
    }),
  }),
  segments: () => ({
    title: 'Named sets of conditions',
    schema: strict({
      segments: byName(
        strict(
          Object.fromEntries(
            ['name', 'description', 'conditions'].map((name) => [name, inDraft7(SEGMENT_MEMBERS[name]?.schema ?? {})]),
          ),
        ),
        FLAG_KEY.source,
      ),
    }),
    definitions: true,
  }),
};

/** An environment cannot say that it has none. */
function withoutNull(members: typeof OVERRIDE_MEMBERS): Record<string, { schema: object }> {
  return Object.fromEntries(
    Object.entries(members).map(([name, { schema }]) => [
      name,
      { schema: (schema as { anyOf?: [object] }).anyOf?.[0] ?? schema },
    ]),
  );
}

function ref(name: string) {
  return { $ref: `#/definitions/${name}` };
}

const definitionsOfStates = () => inDraft7((documentSchema(new Map()) as { $defs: object }).$defs);

/** Draft-07, which every editor reads, has its definitions elsewhere. */
function inDraft7(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/definitions/')) as object;
}
