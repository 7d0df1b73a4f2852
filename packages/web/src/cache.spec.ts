import { describe, expect, it } from '@jest/globals';
import { createCache, hashOf, type Kept } from './cache.js';

const KEPT: Kept = { flags: [{ key: 'lamp', value: true }], metadata: { version: '1' }, etag: '"1"' };

function storing(entries: Record<string, string> = {}) {
  const map = new Map(Object.entries(entries));
  return {
    map,
    cache: createCache({
      length: 0,
      key: () => null,
      removeItem: () => undefined,
      getItem: (key) => map.get(key) ?? null,
      setItem: (key, value) => void map.set(key, value),
    }),
  };
}

describe('the cache', () => {
  it('keeps the five that looked last, each for seven days', () => {
    const { cache, map } = storing();
    for (const key of ['a', 'b', 'c', 'd', 'e', 'a', 'f']) cache.write(key, KEPT);
    expect(cache.read('a')).toMatchObject(KEPT);
    expect(['a', 'b', 'c', 'd', 'e', 'f'].filter((key) => cache.read(key) === null)).toEqual(['b']);
    map.set('flagtree', (map.get('flagtree') ?? '').replaceAll(/"time":\d+/g, `"time":${Date.now() - 8 * 86_400_000}`));
    expect(cache.read('a')).toBeNull();
  });

  it('is none where the storage is odd, full or denied', () => {
    expect(storing({ flagtree: '{"cut' }).cache.read('a')).toBeNull();
    const denied = () => {
      throw new Error('QuotaExceededError');
    };
    const cache = createCache({ length: 0, key: denied, removeItem: denied, getItem: denied, setItem: denied });
    cache.write('a', KEPT);
    expect(cache.read('a')).toBeNull();
    expect(cache.id(false)).toBe(cache.id(false));
    createCache(null).write('a', KEPT);
  });

  it('keeps a random id until a new one is wanted', () => {
    const { cache, map } = storing();
    const id = cache.id(false);
    expect(id).toMatch(/^\w{12,}$/);
    expect(storing(Object.fromEntries(map)).cache.id(false)).toBe(id);
    expect(cache.id(true)).not.toBe(id);
  });

  it('is found by a hash, which gives other names for other texts', () => {
    const names = new Set(Array.from({ length: 10_000 }, (_, number) => hashOf(`{"targetingKey":"user-${number}"}`)));
    expect(names.size).toBe(10_000);
  });
});
