import { describe, expect, it } from '@jest/globals';
import { evaluate } from './evaluate.js';
import { ask, NOW, OFF, ON, PRO, serveOn } from '../testing/answers.js';
import { flag, snapshotOf } from '../testing/builders.js';
import type { Flag } from '../types.js';

describe('prerequisites', () => {
  const needs = (key: string, variants: string[], more: Partial<Flag> = {}) =>
    flag('f', { prerequisites: [{ flag: key, variants }], ...more });

  it('hold when the other flag serves a required variant', () => {
    expect(ask([needs('g', ['on']), flag('g')])).toEqual(ON('STATIC'));
    expect(ask([needs('g', ['off']), flag('g')])).toEqual(OFF('DISABLED'));
    expect(ask([needs('g', ['off', 'on']), flag('g')])).toEqual(ON('STATIC'));
  });

  it('hold for the context that asks', () => {
    const other = flag('g', { rules: [serveOn('pro', [PRO])], defaultVariant: 'off' });
    expect(ask([needs('g', ['on']), other], { plan: 'pro' })).toEqual(ON('STATIC'));
    expect(ask([needs('g', ['on']), other], { plan: 'free' })).toEqual(OFF('DISABLED'));
  });

  it('count a flag that is off as serving its off variant', () => {
    expect(ask([needs('g', ['off']), flag('g', { enabled: false })])).toEqual(ON('STATIC'));
    expect(ask([needs('g', ['on', 'off']), flag('g', { enabled: false, offVariant: null })])).toEqual(OFF('DISABLED'));
  });

  it('do not hold of a flag that is missing, archived or in error', () => {
    expect(ask(needs('g', ['on']))).toEqual(OFF('DISABLED'));
    expect(ask([needs('g', ['on']), flag('g', { archivedAt: '2026-01-01T00:00:00Z' })])).toEqual(OFF('DISABLED'));
    expect(ask([needs('g', ['on']), flag('g', { percentage: 50 })])).toEqual(OFF('DISABLED'));
    expect(ask([needs('g', ['on']), flag('g', { rules: 'garbage' as never })])).toEqual(OFF('DISABLED'));
  });

  it('must hold all', () => {
    const both = flag('f', {
      prerequisites: [
        { flag: 'g', variants: ['on'] },
        { flag: 'h', variants: ['off'] },
      ],
    });
    expect(ask([both, flag('g'), flag('h')])).toEqual(OFF('DISABLED'));
    expect(ask([both, flag('g'), flag('h', { defaultVariant: 'off' })])).toEqual(ON('STATIC'));
  });

  it('come before everything else that the flag says', () => {
    expect(ask(needs('g', ['on'], { rules: [serveOn('all')], percentage: 50 }))).toEqual(OFF('DISABLED'));
  });

  it('are followed through chains', () => {
    const chain = (last: boolean) =>
      Array.from({ length: 60 }, (_, index) =>
        flag(`f${index}`, {
          prerequisites: index === 59 ? [] : [{ flag: `f${index + 1}`, variants: ['on'] }],
          enabled: index < 59 || last,
        }),
      );
    expect(ask(chain(true), {}, 'f0')).toEqual(ON('STATIC'));
    expect(ask(chain(false), {}, 'f0')).toEqual(OFF('DISABLED'));
  });

  it('end as not satisfied in a cycle, on the way into one, and in a chain that is too long', () => {
    const requires = (key: string, ...others: string[]) =>
      flag(key, { prerequisites: others.map((other) => ({ flag: other, variants: ['on', 'off'] })) });
    const flags = [
      requires('a', 'b'),
      requires('b', 'c'),
      requires('c', 'a'),
      requires('self', 'self'),
      requires('into', 'a'),
      flag('free'),
    ];
    for (const key of ['a', 'b', 'c', 'self', 'into']) expect(ask(flags, {}, key)).toEqual(OFF('DISABLED'));
    expect(ask(flags, {}, 'free')).toEqual(ON('STATIC'));
    const long = snapshotOf([
      ...Array.from({ length: 6_000 }, (_, index) => requires(`f${index}`, `f${index + 1}`)),
      flag('f6000'),
    ]);
    const at = (index: number) => evaluate(long, `f${index}`, {}, NOW);
    expect([at(0), at(5_935), at(5_936), at(5_999)]).toEqual([OFF('DISABLED'), OFF('DISABLED'), ON('STATIC'), ON('STATIC')]);
  });

  it('are asked once each, however many ways lead to them', () => {
    const layers = Array.from({ length: 60 }, (_, layer) =>
      ['x', 'y', 'z'].map((name) =>
        flag(`${name}${layer}`, {
          rules: [serveOn('never', [PRO])],
          prerequisites: layer === 59 ? [] : ['x', 'y', 'z'].map((other) => ({ flag: `${other}${layer + 1}`, variants: ['on'] })),
        }),
      ),
    ).flat();
    expect(ask(layers, {}, 'x0')).toEqual(ON('DEFAULT'));
  });
});
