import { describe, expect, it } from '@jest/globals';
import { boundedEffect } from '../management/bounded-effect.js';
import { boundedDefects, firstDefects } from './bounded-defects.js';
import { listed } from './listed.js';

const defect = (environment: string, flag: string) => ({
  environment,
  flag,
  field: 'rules',
  code: 'unknown-segment',
  detail: 'gone',
});
const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));

describe('the defects of a refusal', () => {
  it('are each told in its environment while they are few', () => {
    expect(boundedDefects([defect('a', 'f'), defect('b', 'f')])).toEqual({
      errors: [
        { pointer: '/rules', ...defect('a', 'f') },
        { pointer: '/rules', ...defect('b', 'f') },
      ],
      counts: {},
    });
  });

  it('are each told once, with its environments counted, when they are very many, and only the first', () => {
    const many = numbers(150).flatMap((flag) => numbers(30).map((environment) => defect(environment, flag)));
    const { errors, counts } = boundedDefects(many);
    expect(errors).toHaveLength(100);
    expect(errors[0]).toEqual({ pointer: '/rules', ...defect('0', '0'), environments: 30 });
    expect(counts).toEqual({ errorCount: 4_500, differentErrors: 150, more: expect.stringContaining('the next ones') });
  });

  it('say nothing of more where all different ones are shown', () => {
    const { counts } = boundedDefects(numbers(150).map((environment) => defect(environment, 'f')));
    expect(counts).toEqual({ errorCount: 150, differentErrors: 1 });
  });

  it('of a document are the first 100, with how many there are', () => {
    const defects = numbers(101).map((at) => ({ pointer: `/flags/${at}`, code: 'unknown', detail: 'gone' }));
    expect(firstDefects(defects.slice(1))).toEqual([defects.slice(1), {}]);
    expect(firstDefects(defects)).toEqual([defects.slice(0, 100), { errorCount: 101, more: expect.any(String) }]);
  });
});

describe('the effect of a write', () => {
  const value = (environment: string) => ({ environment, flag: 'f', field: 'enabled', before: false, after: true });

  it('is shown whole up to 1,000 values', () => {
    expect(boundedEffect(numbers(1_000).map(value), null)).toEqual({ effect: numbers(1_000).map(value), effectCount: 1_000 });
  });

  it('is counted by environment and field when it is longer', () => {
    const long = ['a', 'b', 'a'].flatMap((slug) => numbers(500).map(() => value(slug)));
    const bounded = boundedEffect(long, null);
    expect(bounded.effect).toHaveLength(1_000);
    expect(bounded).toMatchObject({
      effectCount: 1_500,
      effectBy: { environments: { a: 1_000, b: 500 }, fields: { enabled: 1_500 } },
      more: expect.stringContaining('fewer flags'),
    });
  });

  it('says where the rest of what a revision did can be read', () => {
    expect(boundedEffect(numbers(1_001).map(value), 1_204).more).toContain('compare?from=<environment>&at=1203&toAt=1204');
  });
});

it('lists the first five things, and how many more there are', () => {
  expect(listed(['a', 'b'])).toBe('a; b');
  expect(listed(numbers(8), ', ')).toBe('0, 1, 2, 3, 4, and 3 more');
});
