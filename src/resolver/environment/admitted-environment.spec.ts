import { describe, expect, it } from '@jest/globals';
import { Caller, type Token } from '../../access/identity/caller.js';
import { buildState, type Environment } from '@flagtree/engine';
import { admittedEnvironment } from './admitted-environment.js';

const environment = (slug: string, parent: string | null = null, isActive = true): Environment => ({
  id: `id-of-${slug}`,
  slug,
  aliases: [],
  name: slug,
  description: null,
  url: null,
  parentId: parent && `id-of-${parent}`,
  settings: {},
  isActive,
  expiresAt: null,
  createdAt: '2026-11-20T12:00:00.000Z',
  updatedAt: '2026-11-20T12:00:00.000Z',
  version: 1,
});

const caller = (environments: string[] | null, includeDescendants = false) =>
  new Caller({ name: 'shop', environmentIds: environments?.map((slug) => `id-of-${slug}`) ?? null, includeDescendants } as Token);

const state = buildState({
  revision: 1,
  environments: [
    environment('production'),
    environment('staging', 'production'),
    environment('development', 'staging'),
    environment('retired', 'production', false),
    environment('egg', 'hen'),
    environment('hen', 'egg'),
  ],
  flags: [],
  overrides: [],
  segments: [],
});

const admit = (slug: string, by: Caller) => admittedEnvironment(state, slug, by, 'named by the header X-Environment').slug;

describe('the environment of a request', () => {
  it.each([
    ['a token for all environments', caller(null), 'development'],
    ['a token that names it', caller(['production', 'staging']), 'staging'],
    ['a token for a subtree it lies in', caller(['production'], true), 'development'],
  ])('is open to %s', (_who, by, slug) => {
    expect(admit(slug, by)).toBe(slug);
  });

  it.each([
    ['a token for another one', caller(['staging']), 'production'],
    ['a token for its parent alone', caller(['production']), 'staging'],
    ['a token for a subtree below it', caller(['staging'], true), 'production'],
    ['a token for nothing', caller([]), 'production'],
    ['a token for a subtree, on a cycle', caller(['production'], true), 'egg'],
  ])('is closed to %s', (_who, by, slug) => {
    expect(() => admit(slug, by)).toThrow(expect.objectContaining({ kind: 'forbidden', code: 'environment-forbidden' }));
  });

  it('is refused to a scoped token in the same words whether it exists, is inactive, or does not exist', () => {
    const refusals = ['production', 'retired', 'nowhere'].map((slug) => {
      try {
        return admit(slug, caller(['staging']));
      } catch (error) {
        return { ...(error as object), message: (error as Error).message.replace(slug, '…') };
      }
    });
    expect(refusals[0]).toMatchObject({ kind: 'forbidden', message: expect.stringContaining('"…"') });
    expect(new Set(refusals.map((refusal) => JSON.stringify(refusal))).size).toBe(1);
  });

  it.each([
    ['unknown', 'nowhere', caller(null), 'not-found', 'environment-not-found'],
    ['gone, though the token names it', 'id-of-nowhere', caller(['nowhere']), 'not-found', 'environment-not-found'],
    ['inactive', 'retired', caller(null), 'conflict', 'environment-inactive'],
    ['inactive, though the token names it', 'retired', caller(['retired']), 'conflict', 'environment-inactive'],
  ])('is refused by name when it is %s', (_what, slug, by, kind, code) => {
    expect(() => admit(slug, by)).toThrow(
      expect.objectContaining({ kind, code, message: expect.stringContaining(`"${slug}" (named by the header X-Environment)`) }),
    );
  });
});
