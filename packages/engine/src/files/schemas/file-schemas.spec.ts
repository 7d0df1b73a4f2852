import { describe, expect, it } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import type { JsonValue } from '../../types.js';
import { readDirectory } from '../read/read-directory.js';
import { FILE_SCHEMAS, fileSchema, type FileSchemaName } from './file-schemas.js';

const PATH: Record<FileSchemaName, string> = {
  base: '_base/a.yaml',
  overlay: 'prod/a.yaml',
  environments: 'environments.yaml',
  checks: 'checks/a.yaml',
  policy: 'policy.yaml',
  segments: 'segments.yaml',
};

const compiled = new Map<FileSchemaName, ValidateFunction>();
function bySchema(name: FileSchemaName, content: JsonValue): boolean {
  const validate = compiled.get(name) ?? new Ajv({ strict: false, validateFormats: false }).compile(fileSchema(name));
  compiled.set(name, validate);
  return validate(content);
}
const byValidator = (name: FileSchemaName, content: JsonValue): boolean =>
  readDirectory([{ path: PATH[name], content }]).report.findings.every(({ severity }) => severity !== 'error');

const BASE = { state: 'ENABLED', variants: { on: true, off: false } };
const flag = (entry: JsonValue): JsonValue => ({ flags: { 'ui.x': entry } });

describe('the schemas of files', () => {
  it.each(FILE_SCHEMAS)('is one of draft-07: %s', (name) => {
    expect(fileSchema(name)).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      $id: `urn:flagtree:schema:files:v1:${name}`,
    });
    expect(() => new Ajv({ strict: false, validateFormats: false }).compile(fileSchema(name))).not.toThrow();
  });

  it.each<[FileSchemaName, JsonValue]>([
    ['base', flag(BASE)],
    [
      'base',
      flag({
        ...BASE,
        defaultVariant: null,
        offVariant: null,
        tags: ['a'],
        metadata: { a: 1 },
        percentage: 12.5,
        ownership: 'live',
      }),
    ],
    ['base', { $schema: 'x', flags: {}, $evaluators: { staff: { in: ['@', { var: 'email' }] } }, metadata: { flagSetId: 'x' } }],
    ['base', flag({ ...BASE, targeting: { if: [true, 'on'] }, ownership: { percentage: 'git-initial' } })],
    ['base', flag({ ...BASE, variants: [{ key: 'on', value: true, weight: 1 }, { key: 'off', value: false, weight: 1 }] })], // prettier-ignore
    ['overlay', flag({ state: 'DISABLED', rules: [], rulesMode: 'prepend', reason: 'why' })],
    ['overlay', flag({})],
    [
      'environments',
      { source: 'shop', environments: { a: null, b: { parent: 'a', settings: { protected: true }, aliases: ['c'] } } },
    ],
    ['checks', { contexts: [{}], checks: { 'ui.x': { one: { environment: 'a', context: { b: 1 }, variant: null } } } }],
    [
      'policy',
      {
        keys: '^a',
        require: ['owner'],
        attributes: { a: 'any', b: [1] },
        rules: { 'always-true': 'warn' },
        prune: { atMost: 3 },
      },
    ],
    ['policy', { ownership: [{ fields: '*', owner: 'git' }, { flags: 'ops.*', environments: ['prod'], fields: ['state'], owner: 'live' }] }], // prettier-ignore
    ['segments', { segments: { staff: { name: 'Staff', conditions: [{ attribute: 'email', operator: 'ends_with', values: ['@x'] }] } } }], // prettier-ignore
  ])('takes, as the validator does, a file of %s: %j', (name, content) => {
    expect([bySchema(name, content), byValidator(name, content)]).toEqual([true, true]);
  });

  it.each<[FileSchemaName, JsonValue]>([
    ['base', {}],
    ['base', flag({ state: 'ENABLED' })],
    ['base', flag({ ...BASE, state: 'enabled' })],
    ['base', flag({ ...BASE, variants: {} })],
    ['base', flag({ ...BASE, targeting: {}, rules: [] })],
    ['base', flag({ ...BASE, percentage: 101 })],
    ['base', { flags: { '-x': BASE } }],
    ['base', flag({ ...BASE, stat: 1 })],
    ['overlay', flag({ defaultVariant: null })],
    ['overlay', flag({ percentage: null })],
    ['overlay', flag({ rules: [{ id: 'a' }, 1] })],
    ['overlay', flag({ ownership: 'mine' })],
    ['overlay', { flags: [], more: 1 }],
    ['environments', { environments: { A: {} } }],
    ['environments', { environments: { a: { settings: { protected: 'yes' } } } }],
    ['checks', { checks: { 'ui.x': { one: {} } } }],
    ['checks', { contexts: [1] }],
    ['policy', { rules: { 'always-true': 'never' } }],
    ['policy', { prune: { atMost: -1 } }],
    ['segments', { segments: { staff: { conditions: [{ attribute: 'a', operator: 'is' }] } } }],
  ])('refuses, as the validator does, a file of %s: %j', (name, content) => {
    expect([bySchema(name, content), byValidator(name, content)]).toEqual([false, false]);
  });
});
