import { describe, expect, it } from '@jest/globals';
import type { GateSetting } from '../../pipelines/gate-settings.js';
import type { Direction, GivenValues, Pipeline } from '../../pipelines/pipelines.queries.js';
import { pipelineGates, type StepInput } from './pipeline-gates.js';

const ORDER = ['development', 'staging', 'production'];
const pipeline = (direction: Direction, gates: GateSetting[] = [], given: GivenValues = 'restricted'): Pipeline => ({
  name: 'main',
  description: null,
  direction,
  with: given,
  steps: ORDER.map((environment) => ({ environment, gates })),
  createdAt: '',
  updatedAt: '',
  version: 1,
  id: '',
});

const input = (fields: Partial<StepInput>): StepInput => ({
  from: 'development',
  to: 'staging',
  flags: ['f'],
  with: {},
  reason: null,
  now: new Date('2026-11-20T12:00:00Z'),
  changedAt: new Map(),
  outcomes: [],
  ...fields,
});

describe('direction', () => {
  it.each<[Direction, string, string, string]>([
    ['any', 'production', 'development', 'passed'],
    ['forward', 'development', 'staging', 'passed'],
    ['forward', 'development', 'production', 'passed'],
    ['forward', 'production', 'staging', 'failed'],
    ['forward', 'elsewhere', 'production', 'failed'],
    ['forward', 'elsewhere', 'development', 'passed'],
    ['forward', 'staging', 'development', 'failed'],
    ['next-step', 'staging', 'production', 'passed'],
    ['next-step', 'development', 'production', 'failed'],
    ['next-step', 'elsewhere', 'staging', 'failed'],
    ['next-step', 'elsewhere', 'development', 'passed'],
  ])('%s: %s → %s is %s', (direction, from, to, state) => {
    const [gate] = pipelineGates([pipeline(direction)], input({ from, to }));
    expect(gate).toMatchObject({ gate: 'direction', state, pipeline: 'main', environment: to });
  });

  it('is nobody else’s business: a target that is no step has no gates', () => {
    expect(pipelineGates([pipeline('next-step', [{ gate: 'reason' }])], input({ to: 'elsewhere' }))).toEqual([]);
  });
});

describe('soak', () => {
  const gateAt = (changed: string) =>
    pipelineGates(
      [pipeline('any', [{ gate: 'soak', minutes: 60 }])],
      input({ changedAt: new Map([['f', new Date(changed)]]) }),
    )[1];

  it('passes to the millisecond when the time is over', () => {
    expect(gateAt('2026-11-20T11:00:00.000Z')).toMatchObject({ gate: 'soak', state: 'passed' });
    expect(gateAt('2026-11-20T11:00:00.001Z')).toMatchObject({
      gate: 'soak',
      state: 'waiting',
      reason: expect.stringContaining('"f" until 2026-11-20T12:00:00.001Z'),
    });
  });

  it('passes for a flag that has never changed', () => {
    expect(pipelineGates([pipeline('any', [{ gate: 'soak', minutes: 60 }])], input({}))[1]).toMatchObject({ state: 'passed' });
  });
});

describe('reason and has-checks', () => {
  it('say what is missing, and pass when it is there', () => {
    const gates = [pipeline('any', [{ gate: 'reason' }, { gate: 'has-checks' }])];
    const served = { variant: 'on', reason: 'STATIC', errorCode: null } as const;
    const outcome = {
      environment: 'staging',
      flag: 'f',
      check: 'c',
      expected: 'on',
      before: served,
      after: served,
      branch: 'default',
      held: true,
    };
    expect(pipelineGates(gates, input({})).slice(1)).toMatchObject([
      { state: 'failed' },
      { state: 'failed', reason: expect.stringContaining('"f"') },
    ]);
    const passing = input({ reason: 'because', outcomes: [{ ...outcome, holds: true }] });
    expect(pipelineGates(gates, passing).slice(1)).toMatchObject([{ state: 'passed' }, { state: 'passed' }]);
    expect(pipelineGates(gates, input({ outcomes: [{ ...outcome, holds: false }] }))[2]).toMatchObject({ state: 'failed' });
  });
});

describe("values given instead of the source's", () => {
  const gates: GateSetting[] = [{ gate: 'soak', minutes: 0 }];
  const stateOf = (from: Pipeline, values: StepInput['with']) =>
    pipelineGates([from], input({ with: values })).find(({ gate }) => gate === 'with')?.state;

  it.each<[StepInput['with'], string | undefined]>([
    [{}, undefined],
    [{ percentage: 5 }, 'passed'],
    [{ percentage: null, enabled: false }, 'passed'],
    [{ enabled: true }, 'failed'],
    [{ enabled: null }, 'failed'],
    [{ percentage: 5, rules: [] }, 'failed'],
    [{ offVariant: null }, 'failed'],
  ])('%j into a gated step', (values, state) => {
    expect(stateOf(pipeline('any', gates), values)).toBe(state);
    expect(stateOf(pipeline('next-step'), values)).toBe(state);
    expect(stateOf(pipeline('any', gates, 'any'), values)).toBe(state && 'passed');
    expect(stateOf(pipeline('any'), values)).toBe(undefined);
  });
});

describe('a gate that this server cannot read', () => {
  it.each([
    { gate: 'of-a-newer-server' },
    { gate: 'constructor' },
    { gate: 'soak', minutes: 'long' },
    { gate: 'frozen-hours', timeZone: 'Mars/Olympus', windows: [{ days: ['monday'], from: '00:00', to: '24:00' }] },
    { gate: 'frozen-hours' },
    {},
    null,
  ])('%j lets nothing pass, and says so', (gate) => {
    const [, unreadable] = pipelineGates([pipeline('any', [gate as GateSetting])], input({}));
    expect(unreadable).toMatchObject({ gate: 'readable', state: 'failed', pipeline: 'main', environment: 'staging' });
    expect(unreadable?.reason).toMatch(/cannot read a gate of staging \(gates\/0: .+\): correct the pipeline/);
  });
});
