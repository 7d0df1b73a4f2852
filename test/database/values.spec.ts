import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { idOf, refusal, TestDatabase } from './support.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await TestDatabase.create();
  await database.environments({ production: null });
  await database.flag('overridden');
  await database.override('production', 'overridden');
});
afterAll(() => database.drop());

describe('a row inserted with as little as possible', () => {
  it('is a flag that works: boolean, off, with the variants on and off', async () => {
    await database.rows(`INSERT INTO flagtree.flags (key) VALUES ('ui.dark_mode')`);
    expect(
      await database.row(
        `SELECT flag.name, flag.type, flag.enabled, flag.percentage::float, flag.rules, flag.variants, flag.default_variant, flag.off_variant,
                flag.bucketing, flag.salt, flag.prerequisites, flag.tags, flag.permanent, flag.version, flag.created_at = flag.updated_at AS is_new,
                substring(flag.id::text, 15, 1) AS uuid_version, flag.id::text ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]' AS is_rfc
           FROM flagtree.flags AS flag WHERE flag.key = 'ui.dark_mode'`,
      ),
    ).toEqual({
      name: 'ui.dark_mode',
      type: 'boolean',
      enabled: false,
      percentage: 100,
      rules: [],
      variants: [
        { key: 'on', value: true },
        { key: 'off', value: false },
      ],
      default_variant: 'on',
      off_variant: 'off',
      bucketing: 'flagd-v2',
      salt: null,
      prerequisites: [],
      tags: [],
      permanent: false,
      version: 1,
      is_new: true,
      uuid_version: '7',
      is_rfc: true,
    });
  });

  it.each([
    ['a string flag', `'words', 'string', '[]', NULL`, []],
    ['a boolean flag that names its default', `'named', 'boolean', '[]', 'yes'`, []],
    ['a boolean flag with variants', `'own', 'boolean', '[{"key": "yes", "value": true}]', NULL`, [{ key: 'yes', value: true }]],
  ])('leaves the variants of %s alone', async (_, values, variants) => {
    expect(
      await database.row(
        `INSERT INTO flagtree.flags (key, type, variants, default_variant) VALUES (${values}) RETURNING flags.variants, flags.off_variant`,
      ),
    ).toEqual({ variants, off_variant: null });
  });

  it('takes the slug or the key as the name', async () => {
    expect(await database.row(`INSERT INTO flagtree.environments (slug) VALUES ('qa') RETURNING environments.name`)).toEqual({
      name: 'qa',
    });
    expect(await database.row(`INSERT INTO flagtree.segments (key) VALUES ('beta') RETURNING segments.name`)).toEqual({
      name: 'beta',
    });
  });

  it('is an override that inherits everything, as SQL NULL', async () => {
    expect(
      await database.row(
        `SELECT num_nulls(own.enabled, own.percentage, own.rules, own.variants, own.default_variant, own.off_variant) AS inherited, own.rules_mode
           FROM flagtree.environment_flags AS own`,
      ),
    ).toEqual({ inherited: 6, rules_mode: 'replace' });
  });

  it('gets ids in the order of creation', async () => {
    const ids = await database.rows<{ id: string }>(
      'SELECT flagtree.uuid_v7() AS id, pg_sleep(0.002) FROM generate_series(1, 50)',
    );
    expect(ids.map(({ id }) => id)).toEqual(ids.map(({ id }) => id).sort());
    const { told } = await database.row<{ told: boolean }>(
      `SELECT ('x' || translate(left(made.id::text, 13), '-', ''))::bit(48)::bigint
                BETWEEN floor(extract(epoch FROM statement_timestamp()) * 1000) AND extract(epoch FROM clock_timestamp()) * 1000 AS told
         FROM (SELECT flagtree.uuid_v7() AS id OFFSET 0) AS made`,
    );
    expect(told).toBe(true);
  });
});

describe('a value that has no meaning is refused by a constraint that says why', () => {
  const flag: [column: string, literal: string, constraint: string][] = [
    ['key', `'-a'`, 'ck_flags_key'],
    ['key', `'a b'`, 'ck_flags_key'],
    ['key', `E'a\\n'`, 'ck_flags_key'],
    ['key', `repeat('a', 256)`, 'ck_flags_key'],
    ['name', `''`, 'ck_flags_name_is_not_empty'],
    ['type', `'bool'`, 'ck_flags_type'],
    ['percentage', '-1', 'ck_flags_percentage_is_0_to_100'],
    ['percentage', '100.001', 'ck_flags_percentage_is_0_to_100'],
    ['percentage', `'NaN'`, 'ck_flags_percentage_is_0_to_100'],
    ['percentage', `'Infinity'`, 'ck_flags_percentage_is_0_to_100'],
    ['percentage', '99.9999', 'ck_flags_percentage_has_3_decimals'],
    ['rules', `'null'`, 'ck_flags_rules_are_a_list'],
    ['rules', `'{}'`, 'ck_flags_rules_are_a_list'],
    ['rules', `'[1]'`, 'ck_flags_rules_have_an_id'],
    ['rules', `'[{"conditions": []}]'`, 'ck_flags_rules_have_an_id'],
    ['rules', `'[{"id": 1}]'`, 'ck_flags_rules_have_an_id'],
    ['rules', `'[{"id": "a"}, {"id": "a"}]'`, 'ck_flags_rule_ids_are_unique'],
    ['rules', `'[{"id": "a", "conditions": {}}]'`, 'ck_flags_rule_conditions_are_a_list'],
    ['variants', `'"on"'`, 'ck_flags_variants_are_a_list'],
    ['variants', `'[[{"key": "a", "value": 1}]]'`, 'ck_flags_variants_have_key_and_value'],
    ['variants', `'[{"key": "a"}]'`, 'ck_flags_variants_have_key_and_value'],
    ['variants', `'[{"key": "", "value": 1}]'`, 'ck_flags_variants_have_key_and_value'],
    ['variants', `'[{"key": ["a"], "value": 1}]'`, 'ck_flags_variants_have_key_and_value'],
    ['variants', `'[{"key": "a", "value": 1}, {"key": "a", "value": 2}]'`, 'ck_flags_variant_keys_are_unique'],
    ['variants', `'[{"key": "a", "value": 1, "weight": 1.5}]'`, 'ck_flags_variant_weights_are_whole'],
    ['variants', `'[{"key": "a", "value": 1, "weight": -1}]'`, 'ck_flags_variant_weights_are_whole'],
    ['variants', `'[{"key": "a", "value": 1, "weight": "1"}]'`, 'ck_flags_variant_weights_are_whole'],
    ['variants', `'[{"key": "a", "value": 1, "weight": [1]}]'`, 'ck_flags_variant_weights_are_whole'],
    ['variants', `'[{"key": "a", "value": 1, "weight": null}]'`, 'ck_flags_variant_weights_are_whole'],
    ['variants', `'[{"key": "a", "value": 1, "weight": 2147483648}]'`, 'ck_flags_variant_weights_are_whole'],
    ['bucketing', `'random'`, 'ck_flags_bucketing'],
    ['salt', `''`, 'ck_flags_salt_is_not_empty'],
    ['prerequisites', `'{}'`, 'ck_flags_prerequisites_are_a_list'],
    ['prerequisites', `'[{"flag": "a"}]'`, 'ck_flags_prerequisites_have_flag_and_variants'],
    ['prerequisites', `'[{"flag": "a", "variants": [["on"]]}]'`, 'ck_flags_prerequisites_have_flag_and_variants'],
    ['tags', `'{a, NULL}'`, 'ck_flags_tags_are_words'],
    ['tags', `'{""}'`, 'ck_flags_tags_are_words'],
    ['tags', `'{{a}}'`, 'ck_flags_tags_are_words'],
  ];
  it.each(flag)('flags.%s = %s', async (column, literal, constraint) => {
    const others = column === 'key' ? '' : `, key`;
    const values = column === 'key' ? '' : `, 'refused'`;
    const error = await refusal(database.rows(`INSERT INTO flagtree.flags (${column}${others}) VALUES (${literal}${values})`));
    expect([error.code, error.constraint]).toEqual(['23514', constraint]);
  });

  const override: [column: string, literal: string, constraint: string][] = [
    ['percentage', '101', 'ck_environment_flags_percentage_is_0_to_100'],
    ['percentage', `'NaN'`, 'ck_environment_flags_percentage_is_0_to_100'],
    ['percentage', '0.0001', 'ck_environment_flags_percentage_has_3_decimals'],
    ['rules', `'null'`, 'ck_environment_flags_rules_are_a_list'],
    ['rules', `'[{}]'`, 'ck_environment_flags_rules_have_an_id'],
    ['rules', `'[{"id": "a"}, {"id": "b"}, {"id": "a"}]'`, 'ck_environment_flags_rule_ids_are_unique'],
    ['rules', `'[{"id": "a", "conditions": null}]'`, 'ck_environment_flags_rule_conditions_are_a_list'],
    ['rules_mode', `'merge'`, 'ck_environment_flags_rules_mode'],
    ['variants', `'null'`, 'ck_environment_flags_variants_are_a_list'],
    ['variants', `'[{"value": 1}]'`, 'ck_environment_flags_variants_have_key_and_value'],
    ['variants', `'[{"key": "a", "value": 1}, {"key": "a", "value": 1}]'`, 'ck_environment_flags_variant_keys_are_unique'],
    ['variants', `'[{"key": "a", "value": 1, "weight": 0.5}]'`, 'ck_environment_flags_variant_weights_are_whole'],
  ];
  it.each(override)('environment_flags.%s = %s', async (column, literal, constraint) => {
    const error = await refusal(database.rows(`UPDATE flagtree.environment_flags SET ${column} = ${literal}`));
    expect([error.code, error.constraint]).toEqual(['23514', constraint]);
  });

  const others: [statement: string, constraint: string][] = [
    [`INSERT INTO flagtree.environments (slug) VALUES ('Production')`, 'ck_environments_slug'],
    [`INSERT INTO flagtree.environments (slug) VALUES ('_a')`, 'ck_environments_slug'],
    [`INSERT INTO flagtree.environments (slug) VALUES (repeat('a', 64))`, 'ck_environments_slug'],
    [`UPDATE flagtree.environments SET settings = '[]'`, 'ck_environments_settings_are_an_object'],
    [`UPDATE flagtree.environments SET settings = 'null'`, 'ck_environments_settings_are_an_object'],
    [`UPDATE flagtree.environments SET settings = '{"protected": "yes"}'`, 'ck_environments_settings_guards_are_booleans'],
    [`UPDATE flagtree.environments SET settings = '{"default_enabled": 1}'`, 'ck_environments_settings_guards_are_booleans'],
    [`UPDATE flagtree.environments SET settings = '{"team": null}'`, 'ck_environments_settings_hold_no_null'],
    [`UPDATE flagtree.environments SET settings = '{"requireApproval": true}'`, 'ck_environments_settings_are_spelt_right'],
    [`UPDATE flagtree.environments SET settings = '{"PROTECTED": 1}'`, 'ck_environments_settings_are_spelt_right'],
    [
      `UPDATE flagtree.environments SET settings = jsonb_build_object('a', repeat('x', 16377))`,
      'ck_environments_settings_are_small',
    ],
    [`UPDATE flagtree.environments SET settings = '{"a": [[[[[[[[]]]]]]]]}'`, 'ck_environments_settings_are_small'],
    [`INSERT INTO flagtree.segments (key, conditions) VALUES ('a', '{}')`, 'ck_segments_conditions_are_a_list'],
    [`INSERT INTO flagtree.segments (key, conditions) VALUES ('a', '["x"]')`, 'ck_segments_conditions_are_objects'],
    [token(`'client'`, 'NULL', 'NULL'), 'ck_tokens_client_names_an_environment'],
    [token(`'client'`, 'NULL', `'{NULL}'`), 'ck_tokens_environment_ids_are_a_list'],
    [token(`'client'`, 'NULL', `'{}'`).replace(`'t'`, `' Setup'`), 'ck_tokens_name_is_not_reserved'],
    [token(`'client'`, `'admin'`, `ARRAY[${idOf('production')}]`), 'ck_tokens_role_is_for_admin_tokens'],
    [token(`'admin'`, 'NULL', 'NULL'), 'ck_tokens_role_is_for_admin_tokens'],
    [token(`'admin'`, `'owner'`, 'NULL'), 'ck_tokens_role'],
    [token(`'robot'`, 'NULL', `ARRAY[${idOf('production')}]`), 'ck_tokens_kind'],
    [token(`'admin'`, `'admin'`, 'NULL', `'\\x00'`), 'ck_tokens_secret_sha256_has_32_bytes'],
  ];
  it.each(others)('%s', async (statement, constraint) => {
    const error = await refusal(database.rows(statement));
    expect([error.code, error.constraint]).toEqual(['23514', constraint]);
  });

  it.each([
    [`INSERT INTO flagtree.environments (slug) VALUES ('production')`, 'uq_environments_slug'],
    [`INSERT INTO flagtree.flags (key) VALUES ('overridden')`, 'uq_flags_key'],
    [
      `INSERT INTO flagtree.environment_flags (environment_id, flag_id) SELECT own.environment_id, own.flag_id FROM flagtree.environment_flags AS own`,
      'uq_environment_flags_environment_flag',
    ],
  ])('%s, twice', async (statement, constraint) => {
    const error = await refusal(database.rows(statement));
    expect([error.code, error.constraint]).toEqual(['23505', constraint]);
  });

  function token(kind: string, role: string, environments: string, digest = `sha256('x')`): string {
    return `INSERT INTO flagtree.tokens (name, public_id, secret_sha256, kind, role, environment_ids)
            VALUES ('t', 't', ${digest}, ${kind}, ${role}, ${environments})`;
  }
});

describe('values that look like absences', () => {
  it.each(['null', 'false', '0', '""', '{}', '[]'])('%s is the value of a variant', async (value) => {
    expect(
      await database.row(
        `INSERT INTO flagtree.flags (key, type, variants) VALUES (gen_random_uuid()::text, 'json', jsonb_build_array(jsonb_build_object('key', 'a', 'value', $1::jsonb)))
         RETURNING flags.variants -> 0 AS variant`,
        [value],
      ),
    ).toEqual({ variant: { key: 'a', value: JSON.parse(value) as unknown } });
  });

  it('an empty list of rules overrides: it is not NULL', async () => {
    await database.rows(`UPDATE flagtree.environment_flags SET rules = '[]', percentage = 0, enabled = false`);
    expect(
      await database.row('SELECT own.rules, own.percentage::float, own.enabled FROM flagtree.environment_flags AS own'),
    ).toEqual({ rules: [], percentage: 0, enabled: false });
  });
});

describe('what other things refer to never changes', () => {
  it.each([
    ['environments', `slug = 'live'`, 'slug', 'The slug of "production" in environments never changes'],
    ['environments', `id = gen_random_uuid()`, 'id', 'The id of "production" in environments never changes'],
    ['flags', `key = 'renamed'`, 'key', 'The key of "overridden" in flags never changes'],
    ['flags', `type = 'string'`, 'type', 'The type of "overridden" in flags never changes'],
    ['segments', `key = 'renamed'`, 'key', 'The key of "segment" in segments never changes'],
  ])('%s: %s', async (table, assignment, column, message) => {
    await database.rows(`INSERT INTO flagtree.segments (key) VALUES ('segment') ON CONFLICT DO NOTHING`);
    const name = table === 'environments' ? `slug = 'production'` : `key IN ('overridden', 'segment')`;
    const error = await refusal(database.rows(`UPDATE flagtree.${table} SET ${assignment} WHERE ${name}`));
    expect([error.code, error.table, error.column, error.message]).toEqual(['FT003', table, column, message]);
  });

  it('an override stays with its environment and its flag', async () => {
    await database.environments({ elsewhere: null });
    const error = await refusal(
      database.rows(
        `UPDATE flagtree.environment_flags SET environment_id = other.id FROM flagtree.environments AS other WHERE other.slug = 'elsewhere'`,
      ),
    );
    expect([error.code, error.column]).toEqual(['FT003', 'environment_id']);
  });

  it('versions and times are kept by the database, whatever a writer says', async () => {
    await database.flag('stamped');
    const before = await database.row<{ created_at: Date }>(
      `SELECT flag.created_at FROM flagtree.flags AS flag WHERE flag.key = 'stamped'`,
    );
    await database.rows(
      `UPDATE flagtree.flags SET enabled = true, version = 77, created_at = '2001-01-01', updated_at = '2001-01-01' WHERE key = 'stamped'`,
    );
    const after = await database.row<{ version: number; created_at: Date; updated_at: Date }>(
      `SELECT flag.version, flag.created_at, flag.updated_at FROM flagtree.flags AS flag WHERE flag.key = 'stamped'`,
    );
    expect([after.version, after.created_at]).toEqual([2, before.created_at]);
    expect(after.updated_at.getTime()).toBeGreaterThanOrEqual(before.created_at.getTime());
  });
});
