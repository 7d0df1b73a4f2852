import { describe, expect, it } from '@jest/globals';
import { told } from '../testing/complaints.js';
import { MAX_SETTINGS_BYTES, mergeSettings, validateSettings, validateSettingsEdit } from './validate-settings.js';

/** Lists in one another, so many levels below the settings. */
const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);

describe('settings', () => {
  it.each<[string, unknown]>([
    ['nothing', {}],
    ['the three that have a meaning', { protected: true, require_approval: false, default_enabled: true }],
    ['any others', { debug_mode: true, team: 'core', limits: { rps: 5, hosts: ['a', null] }, '': 0, 'über-uns': 1.5 }],
    ['eight levels', { deep: nested(7) }],
    ['names that only begin like a known one', { protected_by: 'x', default_enabled_since: '2026' }],
    ['as many bytes as there may be', { a: 'x'.repeat(MAX_SETTINGS_BYTES - 8) }],
  ])('can be %s', (_, settings) => expect(validateSettings(settings)).toEqual([]));

  it.each<[unknown, string[]]>([
    [7, [': settings is an object, not a number']],
    [[], [': settings is an object, not a list']],
    [null, [': settings is an object, not null']],
    [undefined, [': settings is an object, not nothing']],
    [
      { protected: 1, require_approval: null, default_enabled: 'yes' },
      [
        '/protected: "protected" is true or false, not a number',
        '/require_approval: "require_approval" is true or false, not null',
        '/default_enabled: "default_enabled" is true or false, not text',
      ],
    ],
    [
      { requireApproval: true, 'require-approval': true, PROTECTED: true, defaultEnabled: true, _protected_: true },
      ['requireApproval', 'require-approval', 'PROTECTED', 'defaultEnabled', '_protected_'].map(
        (key) =>
          `/${key}: "${key}" is no setting that guards or enables anything: did you mean "${
            /re/i.test(key) ? 'require_approval' : /pro/i.test(key) ? 'protected' : 'default_enabled'
          }"?`,
      ),
    ],
    [{ team: null }, ['/team: null is no setting: leave the key out, so that it is inherited']],
    [{ deep: nested(8) }, ['/deep/0/0/0/0/0/0/0: a setting nests at most 8 deep']],
    [{ a: 'x'.repeat(MAX_SETTINGS_BYTES - 7) }, [': settings are at most 16384 bytes of JSON, not 16385']],
    [{ a: 'ü'.repeat(MAX_SETTINGS_BYTES / 2) }, [': settings are at most 16384 bytes of JSON, not 16392']],
    [{ a: '€😀'.repeat(2_341) }, [': settings are at most 16384 bytes of JSON, not 16395']],
    [{ a: 'x\u0000' }, ['/a: text in a setting holds U+0000 or an unpaired surrogate, which cannot be stored']],
    [JSON.parse('{"__proto__": 1}'), [': a setting cannot have a member named "__proto__"']],
  ])('are told to be wrong: %j', (settings, expected) => expect(told(validateSettings(settings))).toEqual(expected));

  it('are edited by key, where null removes', () => {
    expect(validateSettingsEdit({ protected: null, team: null, limits: { rps: null } })).toEqual([]);
    expect(told(validateSettingsEdit({ protected: 'no' }))).toEqual(['/protected: "protected" is true or false, not text']);
    expect(told(validateSettingsEdit({ Protected: null }))).toHaveLength(1);
    const current = { protected: true, team: 'core', mode: 'x' };
    expect(mergeSettings(current, {})).toEqual(current);
    expect(mergeSettings(current, { protected: null, mode: 'y', fresh: { a: null }, gone: null })).toEqual({
      team: 'core',
      mode: 'y',
      fresh: { a: null },
    });
  });
});
