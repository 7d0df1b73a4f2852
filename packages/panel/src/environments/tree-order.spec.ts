import { expect, it } from '@jest/globals';
import { inTreeOrder } from './tree-order.js';

it('puts each environment before those below it, and loses none on a cycle', () => {
  const all = [
    { slug: 'qa', parent: 'staging' },
    { slug: 'staging', parent: 'production' },
    { slug: 'production', parent: null },
    { slug: 'egg', parent: 'hen' },
    { slug: 'hen', parent: 'egg' },
  ];
  expect(inTreeOrder(all).map(({ environment, depth }) => `${String(depth)} ${environment.slug}`)).toEqual([
    '0 production',
    '1 staging',
    '2 qa',
    '0 egg',
    '0 hen',
  ]);
});
