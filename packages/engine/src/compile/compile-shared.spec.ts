import { describe, expect, it } from '@jest/globals';
import { chainOf, environmentBySlug } from '../state/chain.js';
import { compileFlag } from './compile-flag.js';
import { evaluate } from '../evaluate/evaluate.js';
import type { State } from '../state/state.js';
import { PRO, serveOn } from '../testing/answers.js';
import { compile, flag, override, segment, state } from '../testing/builders.js';
import type { EnvironmentFlag, Flag } from '../types.js';

const RULE = serveOn('r', [{ segment: 's' }]);
const FLAG = flag('f', { rules: [RULE], offVariant: null, enabled: true, percentage: 100 });
const SEGMENTS = [segment('s', [PRO])];

/** Flag `f` as it is in staging, with this override there. */
function inStaging(fields: Partial<EnvironmentFlag>, base: Flag = FLAG) {
  const at = state({ flags: [base], segments: SEGMENTS, overrides: [override('staging', 'f', fields)] });
  return compile(at, 'staging').flags.get('f')!;
}

const inProduction = () => compile(state({ flags: [FLAG], segments: SEGMENTS }), 'production').flags.get('f')!;

describe('the program of a flag', () => {
  it.each<Partial<EnvironmentFlag>>([
    { enabled: false },
    { percentage: 99 },
    { rules: [] },
    { rules: [{ ...RULE }] },
    { rules: [serveOn('more')], rulesMode: 'append' },
    { variants: [...FLAG.variants].reverse() },
    { defaultVariant: 'off' },
    { offVariant: 'off' },
  ])('is one of its own in an environment that sets %j', (fields) => {
    const at = state({ flags: [FLAG], segments: SEGMENTS, overrides: [override('staging', 'f', fields)] });
    const production = compile(at, 'production').flags.get('f')!;
    expect(compile(at, 'staging').flags.get('f')!.program).not.toBe(production.program);
    expect(compile(at, 'development').flags.get('f')!.program).toBe(compile(at, 'staging').flags.get('f')!.program);
  });

  it.each<Partial<EnvironmentFlag>>([
    {},
    { reason: 'a note' },
    { enabled: true },
    { percentage: 100 },
    { defaultVariant: 'on' },
    { rules: [], rulesMode: 'append' },
    { rules: [], rulesMode: 'prepend' },
    { rules: [RULE] },
  ])('is shared with an environment that comes to the same by %j', (fields) => {
    const at = state({ flags: [FLAG], segments: SEGMENTS, overrides: [override('staging', 'f', fields)] });
    expect(compile(at, 'staging').flags.get('f')!.program).toBe(compile(at, 'production').flags.get('f')!.program);
  });

  it('comes with all else that is the same, as one object, wherever nobody overrides the flag', () => {
    const at = state({ flags: [FLAG], segments: SEGMENTS, overrides: [override('staging', 'f', { percentage: 100 })] });
    const [production, staging, development, again] = ['production', 'staging', 'development', 'production'].map((slug) =>
      compile(at, slug).flags.get('f')!,
    );
    expect(again).toBe(production);
    expect(staging).not.toBe(production);
    expect(development).not.toBe(staging);
    expect([production, staging, development].map((one) => one?.inheritedFrom)).toEqual([null, null, 'staging']);
    const nowhere = state({ flags: [FLAG], segments: SEGMENTS });
    for (const slug of ['production', 'staging', 'development']) expect(compile(nowhere, slug).flags.get('f')).toBe(production);
  });

  it('is not shared by mistake where the segments are others', () => {
    const at = state({ flags: [FLAG], segments: SEGMENTS });
    const others = { ...at, segments: new Map([['s', segment('s', [])]]) };
    const context = { targetingKey: 'u', plan: 'free' };
    const reasons = [at, others, at].map((one) => evaluate(compile(one, 'production'), 'f', context, 0).reason);
    expect(new Set(reasons.slice(0, 2)).size).toBe(2);
    expect(reasons[2]).toBe(reasons[0]);
  });

  it('is made anew when a segment in it is another, and stays when another segment is', () => {
    const at = state({ flags: [FLAG], segments: [...SEGMENTS, segment('t', [])] });
    const program = (segments: State['segments']) => compile({ ...at, segments }, 'production').flags.get('f')!.program;
    const before = program(at.segments);
    expect(program(new Map(at.segments).set('t', segment('t', [PRO])))).toBe(before);
    expect(program(new Map(at.segments).set('s', segment('s', [])))).not.toBe(before);
  });
});

describe('the digest of a flag', () => {
  it('tells where the flag is inherited from, and is the same for all that inherit from there', () => {
    const at = state({ flags: [FLAG], segments: SEGMENTS, overrides: [override('production', 'f', { percentage: 100 })] });
    const [production, staging, development] = ['production', 'staging', 'development'].map(
      (slug) => compile(at, slug).flags.get('f')!.digest,
    );
    expect([production, staging]).toEqual([inProduction().digest, development]);
    expect(staging).not.toBe(production);
    const other = state({ flags: [FLAG], segments: SEGMENTS, overrides: [override('staging', 'f', { percentage: 100 })] });
    expect(compile(other, 'development').flags.get('f')!.digest).not.toBe(development);
    expect(inStaging({ percentage: 100 }).digest).toBe(production);
  });

  it('tells one defect from another, and one flag from another', () => {
    const digest = (key: string, fields: Partial<Flag>) =>
      compile(state({ flags: [flag(key, fields)] }), 'production').flags.get(key)!.digest;
    const digests = [
      digest('a', { defaultVariant: 'x' }),
      digest('a', { defaultVariant: 'y' }),
      digest('b', { defaultVariant: 'x' }),
    ];
    expect(new Set(digests).size).toBe(3);
    expect(digest('a', { defaultVariant: 'x' })).toBe(digests[0]);
  });
});

describe('a flag with a defect', () => {
  const bad = flag('f', { defaultVariant: 'none' });
  const worse = flag('f', { percentage: 101 });
  const compiled = (row: Flag, previous?: ReturnType<typeof compileFlag>) => {
    const at = state({ flags: [row] });
    return compileFlag(at, chainOf(at, environmentBySlug(at, 'staging')!), row, previous);
  };

  it('is the same object while its defect is the same', () => {
    const first = compiled(bad);
    expect(compiled(structuredClone(bad), first)).toBe(first);
    const second = compiled(worse, first);
    expect(second.defect).toMatch(/^percentage: /);
    expect(second.resolved.flag).toBe(worse);
  });

  it('says so in all that it is', () => {
    const answer = {
      ok: false,
      reason: 'ERROR',
      errorCode: 'PARSE_ERROR',
      errorDetails: 'flag "f" cannot be evaluated: defaultVariant: the default variant names variant "none"; there are on, off',
    };
    expect(compiled(bad)).toMatchObject({
      key: 'f',
      type: 'boolean',
      inheritedFrom: null,
      defect: 'defaultVariant: the default variant names variant "none"; there are on, off',
      resolved: { flag: bad },
      program: {
        constant: answer,
        prerequisites: [],
        enabled: false,
        off: answer,
        rules: [],
        gate: null,
        fallback: { outcome: answer, split: null },
        outside: answer,
      },
    });
  });

  it('keeps the last good program through several defects, and is mended even to what it was', () => {
    const good = compiled(flag('f'));
    const first = compiled(bad, good);
    const second = compiled(worse, first);
    expect([first.program, second.program]).toEqual([good.program, good.program]);
    expect([first.defect === null, second.defect === first.defect]).toEqual([false, false]);
    expect(compiled(flag('f'), second)).toEqual(good);
  });

  it('goes on when it was off, which is an answer too', () => {
    const off = compiled(flag('f', { enabled: false }));
    expect(compiled(bad, off).program).toBe(off.program);
  });

  it('that cannot even be read says why', () => {
    const torn = flag('f');
    Object.defineProperty(torn, 'prerequisites', {
      get() {
        throw new Error('a torn page');
      },
    });
    expect(compiled(torn).defect).toBe('it cannot be read: a torn page');
    expect(compiled(torn).program.constant).toMatchObject({
      errorDetails: 'flag "f" cannot be evaluated: it cannot be read: a torn page',
    });
  });
});

describe('what no context can change', () => {
  const constantOf = (fields: Partial<Flag>) =>
    compile(state({ flags: [flag('g'), flag('f', fields)] }), 'production').flags.get('f')!.program.constant;
  const weighted = FLAG.variants.map((variant) => ({ ...variant, weight: 1 }));

  it.each<[Partial<Flag>, object | null]>([
    [{}, { ok: true, reason: 'STATIC', variant: 'on', value: true }],
    [{ percentage: 0 }, { ok: true, reason: 'STATIC', variant: 'off', value: false }],
    [
      { percentage: 0, variants: weighted },
      { ok: true, reason: 'STATIC', variant: 'off', value: false },
    ],
    [
      { enabled: false, percentage: 5, rules: [serveOn('r')] },
      { ok: true, reason: 'DISABLED', variant: 'off', value: false },
    ],
    [{ rules: [serveOn('r', [], { enabled: false })] }, { ok: true, reason: 'DEFAULT', variant: 'on', value: true }],
    [{ rules: [{ id: 't', targeting: {} }] }, { ok: true, reason: 'DEFAULT', variant: 'on', value: true }],
    [{ rules: [serveOn('r')] }, null],
    [{ rules: [{ id: 't', targeting: { var: 'x' } }] }, null],
    [{ percentage: 50 }, null],
    [{ variants: weighted }, null],
    [{ prerequisites: [{ flag: 'g', variants: ['on'] }] }, null],
  ])('of %j is %j', (fields, constant) => expect(constantOf(fields)).toEqual(constant));

  it('is one object for each way to answer', () => {
    const { program } = compile(
      state({ flags: [flag('f', { rules: [serveOn('a', [PRO]), serveOn('b', [{ not: PRO }])] })] }),
      'production',
    ).flags.get('f')!;
    expect(program.rules[0]!.certain).toBe(program.rules[1]!.certain);
    expect(program.rules[0]!.certain).not.toBe(program.fallback.outcome);
    expect(Object.isFrozen(program.off)).toBe(true);
  });

  it('is not what a rule that may fail, or that asks for a bucket, would serve', () => {
    const served = (rule: Flag['rules'][number], context = {}) => {
      const at = state({ flags: [flag('f', { rules: [rule], defaultVariant: 'off' })] });
      return evaluate(compile(at, 'production'), 'f', context, 0);
    };
    expect(served(serveOn('r', [{ jsonLogic: { '/': [1, 0] } }]))).toEqual({
      ok: false,
      reason: 'ERROR',
      errorCode: 'GENERAL',
      errorDetails: 'the targeting of rule "r" has no value for this context: it divides by 0',
    });
    expect(served(serveOn('r', [], { percentage: 0 }))).toEqual({ ok: true, reason: 'DEFAULT', variant: 'off', value: false });
  });
});
