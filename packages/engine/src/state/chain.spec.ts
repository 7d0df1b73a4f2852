import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  chainOf,
  childrenOf,
  CircularEnvironmentInheritanceError,
  descendantsOf,
  environmentBySlug,
  environmentNamed,
  environmentsInTreeOrder,
  flagByKey,
} from './chain.js';
import { forest } from '../testing/arbitraries/arbitraries.js';
import { environment, flag, state } from '../testing/builders.js';
import type { Environment } from '../types.js';

const slugs = (environments: readonly Environment[]) => environments.map(({ slug }) => slug);

const family = state({
  environments: [
    environment('us', 'prod'),
    environment('prod'),
    environment('eu', 'prod'),
    environment('paris', 'eu'),
    environment('berlin', 'eu'),
    environment('apart'),
  ],
});
const circular = state({
  environments: [
    environment('a', 'c'),
    environment('b', 'a'),
    environment('c', 'b'),
    environment('below', 'b'),
    environment('root'),
    environment('self', 'self'),
  ],
});
const named = (rows: typeof family, slug: string) => environmentBySlug(rows, slug)!;

describe('the chain of an environment', () => {
  it('runs from the environment to its root', () => {
    expect(slugs(chainOf(family, named(family, 'paris')))).toEqual(['paris', 'eu', 'prod']);
    expect(slugs(chainOf(family, named(family, 'apart')))).toEqual(['apart']);
  });

  it('ends where a parent is not there', () => {
    const rows = state({ environments: [environment('orphan', 'nowhere')] });
    expect(slugs(chainOf(rows, named(rows, 'orphan')))).toEqual(['orphan']);
    expect(slugs(environmentsInTreeOrder(rows))).toEqual(['orphan']);
  });

  it.each([
    ['a', ['a', 'c', 'b']],
    ['below', ['below', 'b', 'a', 'c']],
    ['self', ['self']],
  ])('raises an error that names %s and what was visited, in order', (slug, visitedChain) => {
    let raised: unknown;
    try {
      chainOf(circular, named(circular, slug));
    } catch (error) {
      raised = error;
    }
    expect(raised).toBeInstanceOf(CircularEnvironmentInheritanceError);
    expect(raised).toMatchObject({ name: 'CircularEnvironmentInheritanceError', environmentSlug: slug, visitedChain });
  });

  it('says in the error who inherits from whom, and what to do', () => {
    expect(() => chainOf(circular, named(circular, 'below'))).toThrow(
      new Error('Environment "below" inherits from itself: below → b → a → c → …; give one of them another parent'),
    );
  });

  it('still works for the environments beside a cycle', () => {
    expect(slugs(chainOf(circular, named(circular, 'root')))).toEqual(['root']);
    expect(slugs(environmentsInTreeOrder(circular))).toEqual(['root']);
  });
});

describe('the tree', () => {
  it('lists children by slug and descendants before their own children', () => {
    expect(slugs(childrenOf(family, named(family, 'prod')))).toEqual(['eu', 'us']);
    expect(slugs(descendantsOf(family, named(family, 'prod')))).toEqual(['eu', 'berlin', 'paris', 'us']);
    expect(childrenOf(family, named(family, 'us'))).toEqual([]);
    expect(slugs(environmentsInTreeOrder(family))).toEqual(['apart', 'prod', 'eu', 'berlin', 'paris', 'us']);
  });

  it('is new for other environments and flags, and hands out lists of one’s own', () => {
    const other = state({ environments: [environment('prod'), environment('asia', 'prod')], flags: [flag('f')] });
    expect(slugs(childrenOf(other, named(other, 'prod')))).toEqual(['asia']);
    childrenOf(family, named(family, 'prod')).pop();
    expect(slugs(childrenOf(family, named(family, 'prod')))).toEqual(['eu', 'us']);
    expect(flagByKey(other, 'f')).toBe(other.flags.get('f'));
    expect(flagByKey({ ...other, flags: new Map() }, 'f')).toBeUndefined();
  });

  it('lists the descendants on a cycle once, without the environment itself', () => {
    expect(slugs(descendantsOf(circular, named(circular, 'a')))).toEqual(['b', 'below', 'c']);
    expect(descendantsOf(circular, named(circular, 'self'))).toEqual([]);
  });

  it('has as descendants exactly those with the environment in their chain', () => {
    fc.assert(
      fc.property(forest({ flags: 0 }), (rows) => {
        const all = [...rows.environments.values()];
        for (const one of all) {
          const below = all.filter((other) => other !== one && chainOf(rows, other).includes(one));
          expect(new Set(descendantsOf(rows, one))).toEqual(new Set(below));
          expect(descendantsOf(rows, one)).toHaveLength(below.length);
        }
        expect(environmentsInTreeOrder(rows)).toHaveLength(all.length);
      }),
    );
  });

  it('finds environments by slug and flags, archived ones too, by key', () => {
    const rows = state({ flags: [flag('old', { id: '7', archivedAt: '2026-01-01T00:00:00Z' })] });
    expect(flagByKey(rows, 'old')?.id).toBe('7');
    expect(flagByKey(rows, '7')).toBeUndefined();
    expect(environmentBySlug(rows, 'constructor')).toBeUndefined();
  });
});

describe('environmentNamed', () => {
  const id = '0190b0e4-7c5a-7d3e-8f10-0123456789ab';
  const rows = state({
    environments: [
      environment('production', null, { id, aliases: ['prod', 'live'] }),
      environment('staging', id, { aliases: [] }),
      // What no write can make: an alias that is a slug elsewhere.
      environment('odd', null, { aliases: ['staging'] }),
    ],
  });
  const nameOf = (name: string) => environmentNamed(rows, name)?.slug;

  it('takes a slug, an alias or an id, in whatever case the id is written', () => {
    expect(['production', 'prod', 'live', id, id.toUpperCase()].map(nameOf)).toEqual(Array(5).fill('production'));
  });

  it('takes the slug before an alias, and nothing else for a name', () => {
    expect(nameOf('staging')).toBe('staging');
    expect(['Prod', 'constructor', '', '0190b0e4-7c5a-7d3e-8f10-0123456789ac'].map(nameOf)).toEqual(Array(4).fill(undefined));
  });

  it('names each environment by each of its names, whatever the tree', () => {
    fc.assert(
      fc.property(forest(), (at) => {
        for (const one of at.environments.values())
          for (const name of [one.slug, ...one.aliases, one.id]) expect(environmentNamed(at, name)).toBe(one);
      }),
    );
  });
});
