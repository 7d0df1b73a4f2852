import { describe, expect, it } from '@jest/globals';
import { fromHeaders } from './from-headers.js';

const express = (...lines: [string, string][]) => ({ request: { rawHeaders: lines.flat() } });
const fastify = (...lines: [string, string][]) => ({ request: { raw: { rawHeaders: lines.flat() } } });

const read = fromHeaders({ targetingKey: 'X-User-ID', groups: 'x-user-groups', plan: 'X-Plan', roles: { list: 'X-Roles' } });

describe.each([
  ['Express', express],
  ['Fastify', fastify],
])('a context from the headers of %s', (_name, request) => {
  it('has a text for each name, and lists for groups and what is said to be one', () => {
    expect(
      read(request(['x-user-id', ' ann '], ['X-USER-GROUPS', 'staff, testers,,  '], ['X-Plan', 'pro, max'], ['X-Roles', 'a'])),
    ).toEqual({ targetingKey: 'ann', groups: ['staff', 'testers'], plan: 'pro, max', roles: ['a'] });
  });

  it('has nothing of a header that is not there, is empty, or is a text and there twice', () => {
    expect(read(request())).toEqual({});
    expect(read(request(['X-User-ID', '  '], ['X-Plan', 'pro'], ['x-plan', 'pro']))).toEqual({});
  });

  it('puts the lines of a list together, and takes a hundred items', () => {
    expect(read(request(['X-Roles', 'a,b'], ['X-Roles', 'c']))).toEqual({ roles: ['a', 'b', 'c'] });
    expect(read(request(['X-User-Groups', ' , ']))).toEqual({ groups: [] });
    const many = Array.from({ length: 300 }, (_, at) => String(at)).join();
    expect(read(request(['X-User-Groups', many]))?.['groups']).toHaveLength(100);
  });
});

it('is empty without a request', () => {
  expect(read({ request: undefined })).toEqual({});
});

it('keeps an attribute with an odd name an attribute', () => {
  const odd = fromHeaders(JSON.parse('{"__proto__": "X-User-ID"}') as Record<string, string>)(express(['X-User-ID', 'ann']));
  expect(Object.entries(odd ?? {})).toEqual([['__proto__', 'ann']]);
});
