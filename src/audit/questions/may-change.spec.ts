import { describe, expect, it } from '@jest/globals';
import { effect, type Environment, type EnvironmentSettings, type State } from '@flagtree/engine';
import { environment, flag, override, state } from '@flagtree/engine/testing';
import { Caller, type Token } from '../../access/identity/caller.js';
import type { Role } from '../../access/identity/roles.js';
import { Forbidden } from '../../platform/http/problems/problem.js';
import type { MadeChange } from './made-change.js';
import { mayChange } from './may-change.js';

const a = (role: Role, environments: string[] | null = null) =>
  new Caller({ name: role, kind: 'admin', role, environmentIds: environments, includeDescendants: false } as Token);

const tree = (
  settings: Record<string, EnvironmentSettings> = { production: { protected: true }, staging: { protected: false } },
) =>
  [environment('production'), environment('staging', 'production')].map((one) => ({
    ...one,
    settings: settings[one.slug] ?? {},
  }));

const at = (environments: Environment[], overrides = [override('staging', 'f', { enabled: true })]): State =>
  state({ environments, flags: [flag('f', { enabled: false })], overrides });

/** The code of the refusal, and the environment that it names; null: allowed. */
function refusal(change: Pick<MadeChange, 'caller' | 'before' | 'state'> & Partial<MadeChange>): unknown {
  try {
    mayChange({ entries: [], ...change }, effect(change.before, change.state));
    return null;
  } catch (error) {
    if (error instanceof Forbidden) return [error.code, error.members['environment']];
    throw error;
  }
}

describe('the law of permission', () => {
  const before = at(tree());
  const row = (environmentId: string) => ({ id: `row-${environmentId}`, environment_id: environmentId, flag_id: 'f' });
  const entry = (environmentId: string) => ({ table: 'environment_flags', before: null, after: row(environmentId) }) as const;

  it('asks for every environment of which a row is written, though no value changes', () => {
    expect(refusal({ caller: a('developer'), before, state: before, entries: [entry('production')] })).toEqual([
      'environment-protected',
      'production',
    ]);
    expect(refusal({ caller: a('developer'), before, state: before, entries: [entry('staging')] })).toBeNull();
  });

  it('asks nothing for what is written by the will of others: their rows, and the values that these change', () => {
    const after = at(tree(), []);
    const change = { caller: a('developer', ['elsewhere']), before, state: after, entries: [entry('staging')] };
    expect(refusal(change)).toEqual(['environment-out-of-scope', 'staging']);
    const rows = new Set(['row-staging']);
    expect(refusal({ ...change, unasked: { rows, places: new Set() } })).toEqual(['environment-out-of-scope', 'staging']);
    expect(refusal({ ...change, unasked: { rows, places: new Set(['staging f enabled']) } })).toBeNull();
  });

  it('looks at an environment as it was and as it is: what becomes free was not', () => {
    const free = at(tree({ production: {}, staging: {} }));
    expect(refusal({ caller: a('promoter'), before, state: free })).toEqual(['role-too-low', undefined]);
    expect(refusal({ caller: a('admin', ['staging']), before, state: free })).toEqual(['environment-out-of-scope', 'production']);
    expect(refusal({ caller: a('admin'), before, state: free })).toBeNull();
  });

  it('takes an environment that nobody can resolve for a guarded one', () => {
    const circle = at([environment('one', 'two'), environment('two', 'one')], []);
    const repaired = at([environment('one', 'two'), environment('two')], []);
    expect(refusal({ caller: a('promoter'), before: circle, state: repaired })).toEqual(['role-too-low', undefined]);
    const deleted = at([environment('two', 'one')], []);
    expect(refusal({ caller: a('promoter'), before: circle, state: deleted })).toEqual(['role-too-low', undefined]);
    expect(refusal({ caller: a('admin'), before: circle, state: repaired })).toBeNull();
  });

  it('knows by the log how a restored environment was guarded, and who had a name last', () => {
    const none = at([environment('production')], []);
    const caller = a('promoter');
    const some = { protected: true, require_approval: false };
    const back = { caller, before: none, state: at([environment('production'), environment('eu', 'production')], []) };
    expect(refusal(back)).toBeNull();
    expect(refusal({ ...back, past: { guards: new Map([['eu', some]]), bearers: new Map() } })).toEqual([
      'role-too-low',
      undefined,
    ]);
    const bearer = { id: 'another', slug: 'eu', guards: some };
    expect(refusal({ ...back, past: { guards: new Map(), bearers: new Map([['eu', bearer]]) } })).toEqual([
      'role-too-low',
      undefined,
    ]);
    const free = { ...bearer, guards: { protected: false, require_approval: false } };
    expect(refusal({ ...back, past: { guards: new Map(), bearers: new Map([['eu', free]]) } })).toBeNull();
    expect(refusal({ ...back, past: { guards: new Map(), bearers: new Map([['eu', { ...bearer, id: 'eu' }]]) } })).toBeNull();
  });

  it('lets a flag come into being wherever it is off', () => {
    const nothing = state({ environments: tree() });
    const born = (overrides = [override('staging', 'f', { enabled: true })]) => ({
      before: nothing,
      state: at(tree(), overrides),
    });
    expect(refusal({ caller: a('developer'), ...born() })).toBeNull();
    expect(refusal({ caller: a('developer', ['production']), ...born() })).toEqual(['environment-out-of-scope', 'staging']);
    expect(refusal({ caller: a('developer'), ...born([override('production', 'f', { enabled: true })]) })).toEqual([
      'environment-protected',
      'production',
    ]);
  });
});
