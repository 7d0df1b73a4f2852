import { PERCENTAGE_WEIGHT } from '../buckets/weights.js';
import { KNOWN_SETTINGS } from '../resolve/settings.js';
import { FLAG_KEY } from '../state/names.js';
import { OPERATORS } from '../types.js';
import { MAX_WEIGHT } from '../validate/flag/validate-weights.js';
import { ENVIRONMENT_MEMBERS, FLAG_MEMBERS, type Member, OVERRIDE_MEMBERS, SEGMENT_MEMBERS } from './item-checks.js';
import { FORMAT, VERSION, VERSIONS } from './states-document.js';

/** The JSON Schema of a document, for editors and pipelines: made of the table that imports are checked by. `others` are the items of sections of other modules. */
export function documentSchema(others: ReadonlyMap<string, object>): object {
  const section = (items: object, description: string) => ({ type: 'array', items, description });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:flagtree:schema:states:${String(VERSION)}`,
    title: 'Flagtree states',
    description:
      'Flags, environments and overrides as they are exported and imported. An absent section is left alone; an item is whole: what it does not name has its default.',
    type: 'object',
    required: ['format', 'version'],
    properties: {
      $schema: { type: 'string' },
      format: { const: FORMAT },
      version: {
        enum: VERSIONS,
        description: 'Of 1 the members that came with 2 are unknown, and what is stored in them is left as it is.',
      },
      selection: {
        type: 'object',
        description: 'What the document speaks for; an import that replaces removes nothing outside of it. Absent: everything.',
        properties: Object.fromEntries(
          ['flags', 'tags', 'environments'].map((name) => [
            name,
            { type: 'array', items: { type: 'string', maxLength: 255 }, maxItems: 5_000 },
          ]),
        ),
        additionalProperties: false,
      },
      environments: section(itemOf(ENVIRONMENT_MEMBERS), 'The tree. No two environments have a name, slug or alias, in common.'),
      segments: section(itemOf(SEGMENT_MEMBERS), 'Named sets of conditions.'),
      flags: section(itemOf(FLAG_MEMBERS), 'The bases.'),
      overrides: section(itemOf(OVERRIDE_MEMBERS), 'What environments have differently. Null or absent: inherit.'),
      ...Object.fromEntries([...others].map(([name, item]) => [name, section(item, name)])),
    },
    additionalProperties: false,
    $defs: DEFINITIONS,
  };
}

function itemOf(members: Record<string, Member>): object {
  return {
    type: 'object',
    required: Object.keys(members).filter((name) => members[name]?.fallback === undefined),
    properties: Object.fromEntries(Object.entries(members).map(([name, { schema }]) => [name, schema])),
    additionalProperties: false,
  };
}

const strict = (required: string[], properties: object) => ({
  type: 'object',
  required,
  properties,
  additionalProperties: false,
});
const ref = (name: string) => ({ $ref: `#/$defs/${name}` });
const conditions = { type: 'array', items: ref('condition') };

const DEFINITIONS = {
  settings: {
    type: 'object',
    properties: Object.fromEntries(KNOWN_SETTINGS.map((key) => [key, { type: 'boolean' }])),
    additionalProperties: { not: { type: 'null' } },
  },
  percentage: { type: 'number', minimum: 0, maximum: 100, description: 'At most three decimals.' },
  weight: {
    description: 'All weights of a split are whole numbers, or all are percentages that are 100 together.',
    anyOf: [
      { type: 'integer', minimum: 0, maximum: MAX_WEIGHT },
      { type: 'string', pattern: PERCENTAGE_WEIGHT.source },
    ],
  },
  variant: strict(['key', 'value'], {
    key: { type: 'string' },
    value: {},
    weight: ref('weight'),
    description: { type: 'string' },
  }),
  rule: {
    type: 'object',
    required: ['id'],
    properties: {
      id: { type: 'string', pattern: '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$' },
      name: { type: 'string' },
      enabled: { type: 'boolean' },
      conditions,
      percentage: ref('percentage'),
      serve: {
        oneOf: [
          strict(['variant'], { variant: { type: 'string' } }),
          strict(['split'], {
            split: {
              type: 'array',
              items: strict(['variant', 'weight'], { variant: { type: 'string' }, weight: ref('weight') }),
            },
            bucketBy: { type: 'string' },
          }),
        ],
      },
      targeting: {},
    },
    additionalProperties: false,
  },
  condition: {
    oneOf: [
      strict(['attribute', 'operator'], {
        attribute: { type: 'string' },
        operator: { enum: OPERATORS },
        values: { type: 'array' },
        negate: { type: 'boolean' },
        ignoreCase: { type: 'boolean' },
        lenient: { type: 'boolean' },
      }),
      strict(['segment'], { segment: { type: 'string' } }),
      strict(['all'], { all: conditions }),
      strict(['any'], { any: conditions }),
      strict(['not'], { not: ref('condition') }),
      strict(['jsonLogic'], { jsonLogic: {} }),
    ],
  },
  prerequisite: strict(['flag', 'variants'], {
    flag: { type: 'string', pattern: FLAG_KEY.source },
    variants: { type: 'array', items: { type: 'string' } },
  }),
};
