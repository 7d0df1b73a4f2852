import { describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { flag as aFlag, environment as anEnvironment, override as anOverride, state as aState } from '@flagtree/engine/testing';
import { StateStore } from '../audit/follow/state-store.js';
import { NotFound } from '../platform/http/problems/problem.js';
import { EnvironmentResolver } from './resolver.service.js';

const id = '0190b0e4-7c5a-7d3e-8f10-0123456789ab';
const flag = aFlag('checkout', { percentage: 50 });
const state = aState({
  environments: [
    anEnvironment('production', null, { id, aliases: ['prod'] }),
    anEnvironment('staging', id),
    anEnvironment('development', 'staging'),
  ],
  flags: [flag],
  overrides: [anOverride(id, 'checkout', { percentage: 5 }), anOverride('staging', 'checkout', { enabled: false })],
});

const context = await Test.createTestingModule({
  providers: [EnvironmentResolver, { provide: StateStore, useValue: { state } }],
}).compile();
const resolver = context.get(EnvironmentResolver);

describe('EnvironmentResolver', () => {
  it('finds an environment by slug, alias or id, and by id alone', () => {
    for (const name of ['production', 'prod', id, id.toUpperCase()])
      expect(resolver.getEnvironment(name).slug).toBe('production');
    expect(resolver.getEnvironmentById(id.toUpperCase()).slug).toBe('production');
    for (const look of [() => resolver.getEnvironment('nowhere'), () => resolver.getEnvironmentById('prod')])
      expect(look).toThrow(NotFound);
  });

  it('walks from an environment to its root', () => {
    expect(resolver.getEnvironmentChain('development').map(({ slug }) => slug)).toEqual(['development', 'staging', 'production']);
  });

  it('gives the nearest override with its environment, and values field by field, whatever that row says [002-62]', () => {
    const nearest = resolver.getEffectiveEnvironmentFlag(flag, 'development');
    expect(nearest).toMatchObject({ environment: { slug: 'staging' }, override: { enabled: false, percentage: null } });
    const { fields } = resolver.resolveFlagForEnvironment(flag, 'development');
    expect(fields.enabled).toMatchObject({ value: false, source: { kind: 'environment', slug: 'staging' } });
    expect(fields.percentage).toMatchObject({ value: 5, source: { kind: 'environment', slug: 'production' } });
    expect(resolver.getEffectiveEnvironmentFlag(aFlag('other'), 'prod')).toBeNull();
  });

  it('reads the state that is handed in, such as one of the past, or one without inheritance', () => {
    const alone = { ...state, inheritance: false };
    expect(resolver.getEffectiveEnvironmentFlag(flag, 'development', alone)).toBeNull();
    expect(resolver.resolveFlagForEnvironment(flag, 'development', alone).fields.percentage.value).toBe(50);
    const before = aState({ environments: [anEnvironment('early')], flags: [flag] });
    expect(resolver.getEnvironmentChain('early', before).map(({ slug }) => slug)).toEqual(['early']);
  });
});
