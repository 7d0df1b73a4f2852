import { describe, expect, it } from '@jest/globals';
import { firstEnvironments } from './first-environments.js';

const tree = (text: string) => firstEnvironments(text).map(({ slug, parent }) => (parent === null ? slug : `${slug}<${parent}`));

describe('FLAGTREE_FIRST_ENVIRONMENTS', () => {
  it.each([
    ['prod,staging<prod,dev<staging', ['prod', 'staging<prod', 'dev<staging']],
    [' dev < staging , staging<prod,prod ', ['prod', 'staging<prod', 'dev<staging']],
    ['one,other', ['one', 'other']],
    ['none', []],
  ])('reads %j, parents first', (text, expected) => expect(tree(text)).toEqual(expected));

  it.each([
    ['prod,Dev<prod', 'not "Dev<prod"'],
    ['prod,,dev', 'not ""'],
    ['a<b<c', 'not "a<b<c"'],
    ['a,a', 'names "a" twice'],
    ['dev<staging', 'must name "staging" too, which "dev" is to inherit from'],
    ['a<b,b<a', 'must be a tree: "a" would inherit from itself'],
    ['a<a', 'must be a tree: "a" would inherit from itself'],
    [
      ['e1', ...Array.from({ length: 10 }, (_, index) => `e${index + 2}<e${index + 1}`)].join(),
      'must be at most 10 deep: "e11" is deeper',
    ],
    ['0190b0e4-7c5a-7d3e-8f10-0123456789ab', 'must be "none", or slugs'],
  ])('refuses %j', (text, why) => {
    expect(() => firstEnvironments(text)).toThrow(why);
  });
});
