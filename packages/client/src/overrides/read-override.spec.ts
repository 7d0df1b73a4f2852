import { describe, expect, it } from '@jest/globals';
import type { Kind } from '../reading/kinds.js';
import { Layers } from './layers.js';
import { readOverride } from './read-override.js';

const VARIANTS = [
  { key: 'on', value: true },
  { key: 'big', value: 50 },
  { key: 'x', value: { max: 3 } },
];

function read(text: string, kind: Kind, variants = VARIANTS as Parameters<typeof readOverride>[1]['variants']) {
  const misfits: string[] = [];
  const said = new Layers({ process: { FF_A: text } }).said('a');
  const found = readOverride(said, { key: 'a', kind, variants, misfit: (message) => misfits.push(message) });
  return { found, misfits };
}

describe('the text of a variable', () => {
  it.each<[string, Kind, unknown]>([
    ['true', 'boolean', true],
    ['false', 'boolean', false],
    ['20', 'number', 20],
    ['-0.5e3', 'number', -500],
    ['', 'string', ''],
    ['1', 'string', '1'],
    ['{"max":9}', 'json', { max: 9 }],
    ['null', 'json', null],
    ['true', 'any', true],
    ['7', 'any', 7],
    ['seven', 'any', 'seven'],
    ['variant:on', 'boolean', true],
    ['variant:big', 'number', 50],
    ['variant:x', 'json', { max: 3 }],
  ])('"%s" as %s', (text, kind, value) => {
    expect(read(text, kind)).toMatchObject({ found: { value }, misfits: [] });
  });

  it('names the variant that has its value', () => {
    expect(read('true', 'boolean').found?.variant).toBe('on');
    expect(read('variant:big', 'number').found?.variant).toBe('big');
  });

  it.each<[string, Kind, string]>([
    ['TRUE', 'boolean', 'FF_A=TRUE does not fit "a": write true or false, or variant:<key>'],
    ['1', 'boolean', 'FF_A=1 does not fit "a": write true or false, or variant:<key>'],
    ['', 'boolean', 'FF_A= does not fit "a": write true or false, or variant:<key>'],
    ['1e999', 'number', 'FF_A=1e999 does not fit "a": write a number, such as 20 or 0.5, or variant:<key>'],
    ['0x10', 'number', 'FF_A=0x10 does not fit "a": write a number, such as 20 or 0.5, or variant:<key>'],
    ['{max:3}', 'json', 'FF_A={max:3} does not fit "a": write JSON, such as {"max":3}, or variant:<key>'],
    ['variant:off', 'boolean', 'FF_A=variant:off names no boolean variant of "a": there are on, big, x'],
    ['variant:big', 'boolean', 'FF_A=variant:big names no boolean variant of "a": there are on, big, x'],
  ])('"%s" is nothing that fits %s, and what would is said', (text, kind, message) => {
    expect(read(text, kind)).toEqual({ found: null, misfits: [message] });
  });
});

describe('the layers', () => {
  const layers = () => new Layers({ process: { FF_A: 'true', OTHER: 'x' }, file: { FF_A: 'false', FF_B: 'file' } });

  it('speak in the order of their strength', () => {
    const all = layers();
    all.override('a', 1);
    expect(all.said('a').map(({ from }) => from)).toEqual(['override', 'process', '.env.local']);
    expect(all.said('b').map(({ from }) => from)).toEqual(['.env.local']);
    expect(all.says('c')).toBe(false);
  });

  it('let the next one speak where one does not fit', () => {
    const misfits: string[] = [];
    const all = new Layers({ process: { FF_A: 'yes' }, file: { FF_A: 'true' } });
    const asked = { key: 'a', kind: 'boolean', variants: [], misfit: (message: string) => misfits.push(message) } as const;
    expect(readOverride(all.said('a'), asked)).toEqual({ value: true, variant: null });
    expect(misfits).toHaveLength(1);
  });

  it('list what is in force, and know nothing of other variables', () => {
    const all = layers();
    all.override('c', { max: 1 });
    expect(all.list()).toEqual([
      { name: 'c', from: 'override', value: { max: 1 } },
      { name: 'FF_A', from: 'process', value: 'true' },
      { name: 'FF_B', from: '.env.local', value: 'file' },
    ]);
    all.override('c', undefined);
    expect(all.list()).toHaveLength(2);
  });
});
