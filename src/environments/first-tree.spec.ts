import { describe, expect, it } from '@jest/globals';
import { firstEnvironments } from '../platform/config/first-environments.js';
import { firstTree } from './first-tree.js';

const aliases = (text: string) => Object.fromEntries(firstTree(firstEnvironments(text)).map((one) => [one.slug, one.aliases]));

describe('the first tree', () => {
  it('has the names of runbooks as aliases, whichever of two names it was made with [000-1] [000-5]', () => {
    expect(aliases('production,staging<production,development<staging')).toEqual({
      production: ['prod'],
      staging: [],
      development: ['dev'],
    });
    expect(aliases('prod,staging<prod,dev<staging')).toEqual({ prod: ['production'], staging: [], dev: ['development'] });
  });

  it('leaves roots to promoters, and what is below them to everybody [001-21]', () => {
    const tree = firstTree(firstEnvironments('production,staging<production,development<staging'));
    expect(tree.map(({ settings }) => settings)).toEqual([{ protected: true }, { protected: false }, { protected: false }]);
  });

  it('gives no environment the name of another one', () => {
    expect(aliases('production,prod<production')).toEqual({ production: [], prod: [] });
  });

  it('names environments for people', () => {
    expect(firstTree(firstEnvironments('prod,eu-west<prod')).map(({ name }) => name)).toEqual(['Production', 'Eu west']);
  });
});
