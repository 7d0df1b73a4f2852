import { describe, expect, it } from '@jest/globals';
import { environment as anEnvironment, state as aState } from '@flagtree/engine/testing';
import { AllowedEnvironments } from './allowed-environments.js';
import { settingsReadiness } from './settings-readiness.js';

const state = aState({
  environments: [
    anEnvironment('production', null, { aliases: ['prod', 'live'] }),
    anEnvironment('staging'),
    anEnvironment('development'),
  ],
});

describe('the allow-list', () => {
  const allowed = (...names: string[]) => {
    const list = new AllowedEnvironments(new Set(names));
    return ['production', 'prod', 'live', 'staging', 'nowhere'].filter((name) => list.has(state, name));
  };

  it('holds an environment under each of its names, whichever of them it lists', () => {
    expect(allowed('prod')).toEqual(['production', 'prod', 'live']);
    expect(allowed('production', 'staging')).toEqual(['production', 'prod', 'live', 'staging']);
  });

  it('lets through what it lists and nobody knows, and nothing else that is unknown', () => {
    expect(allowed('nowhere')).toEqual(['nowhere']);
    expect(allowed('staging')).toEqual(['staging']);
  });

  it('follows aliases that come and go', () => {
    const list = new AllowedEnvironments(new Set(['prod']));
    expect(list.has(state, 'production')).toBe(true);
    const later = aState({ environments: [anEnvironment('production'), anEnvironment('staging', null, { aliases: ['prod'] })] });
    expect(['production', 'staging'].map((name) => list.has(later, name))).toEqual([false, true]);
  });

  it('holds everything without a list', () => {
    expect(new AllowedEnvironments(null).has(state, 'anything')).toBe(true);
  });
});

describe('readiness by the environments that settings name', () => {
  const readiness = (name: string, allowed: string[] | null = null, at = state) =>
    settingsReadiness(at, { default: name, allowed: allowed && new Set(allowed) });

  it('is up where each means an environment, by whatever name', () => {
    for (const name of ['production', 'prod']) expect(readiness(name)).toEqual({ status: 'up' });
    expect(readiness('production', ['live', 'staging'])).toEqual({ status: 'up' });
  });

  it('names the setting, what it says, and what there is', () => {
    expect(readiness('nonexist')).toEqual({
      status: 'degraded',
      detail:
        'FLAGTREE_DEFAULT_ENVIRONMENT is "nonexist", which names no environment: requests that name none are refused. There are development, production, staging.',
    });
    expect(readiness('prod', ['prod', 'qa', 'uat']).detail).toBe(
      'FLAGTREE_ALLOWED_ENVIRONMENTS holds qa, uat, which name no environments. There are development, production, staging.',
    );
    expect(readiness('prod', ['staging']).detail).toContain('which FLAGTREE_ALLOWED_ENVIRONMENTS does not hold');
    expect(readiness('prod', null, aState({ environments: [] })).detail).toContain('There is no environment yet.');
  });
});
