import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decideStage,
  type GuardrailVerdict,
  type StandingStage,
  type StageVerdict,
  type VerdictActions,
} from './decide-stage.js';

const ACTIONS: VerdictActions = { onRegression: 'rollback', onAlarm: 'pause', onInconclusive: 'hold', onBlind: 'hold' };
const PASSED: StandingStage = {
  held: 100,
  watched: 100,
  waitAtMost: 400,
  advance: 'automatic',
  isLast: false,
  exposures: { have: 10, need: 10 },
  opensAt: 50,
};
const NOW = 50;
const says = (verdict: StageVerdict, more: Partial<GuardrailVerdict> = {}): GuardrailVerdict => ({
  name: 'errors',
  verdict,
  mode: 'act',
  why: 'it was seen',
  ...more,
});
const decide = (stage: Partial<StandingStage>, guardrails: GuardrailVerdict[] = [], actions: Partial<VerdictActions> = {}) =>
  decideStage({ ...PASSED, ...stage }, guardrails, { ...ACTIONS, ...actions }, NOW);

describe('a stage', () => {
  it('passes when it waits for nothing, and the last one completes', () => {
    expect(decide({})).toEqual({ act: 'advance' });
    expect(decide({ held: null, watched: 0 })).toEqual({ act: 'advance' });
    expect(decide({}, [says('content')])).toEqual({ act: 'advance' });
    expect(decide({ isLast: true, opensAt: null })).toEqual({ act: 'complete' });
  });

  it('says all that it waits for', () => {
    const stage = { watched: 99, exposures: { have: 9, need: 10 }, opensAt: 51, advance: 'manual' } as const;
    expect(decide(stage, [says('inconclusive')])).toEqual({
      act: 'hold',
      waits: [
        { what: 'guardrail', name: 'errors', why: 'it was seen' },
        { what: 'duration', left: 1 },
        { what: 'exposures', have: 9, need: 10 },
        { what: 'window', until: 51 },
        { what: 'person' },
      ],
    });
  });

  it('waits for ever for a window that never opens', () => {
    expect(decide({ opensAt: null })).toEqual({ act: 'hold', waits: [{ what: 'window', until: null }] });
  });
});

describe('a guardrail', () => {
  it.each([
    ['regressed', 'rollback'],
    ['breached', 'pause'],
    ['signalled', 'pause'],
    ['distorted', 'pause'],
    ['blind', 'hold'],
    ['inconclusive', 'hold'],
    ['content', 'advance'],
  ] as const)('that is %s leads to %s', (verdict, act) => {
    expect(decide({}, [says(verdict)]).act).toBe(act);
  });

  it('that only observes never acts and is not waited for', () => {
    const all: StageVerdict[] = ['regressed', 'breached', 'signalled', 'distorted', 'blind', 'inconclusive'];
    const observed = all.map((verdict) => says(verdict, { mode: 'observe' }));
    expect(decide({}, observed)).toEqual({ act: 'advance' });
  });

  it('acts before the stage has had its time, and the strongest of several decides', () => {
    const guardrails = [says('breached', { name: '5xx' }), says('regressed', { why: '61 of 4,210 against 404 of 80,122' })];
    expect(decide({ watched: 0, opensAt: null }, guardrails)).toEqual({
      act: 'rollback',
      guardrail: 'errors',
      why: '61 of 4,210 against 404 of 80,122',
    });
  });

  it('that stays inconclusive is decided after the longest wait, not before', () => {
    for (const [onInconclusive, after] of [
      ['hold', 'hold'],
      ['advance', 'advance'],
      ['rollback', 'rollback'],
    ] as const) {
      expect(decide({ watched: 399 }, [says('inconclusive')], { onInconclusive }).act).toBe('hold');
      expect(decide({ watched: 400 }, [says('inconclusive')], { onInconclusive }).act).toBe(after);
    }
  });

  it('that is blind holds, is passed over, or rolls back, as was chosen', () => {
    expect(decide({}, [says('blind')], { onBlind: 'ignore' }).act).toBe('advance');
    expect(decide({}, [says('blind')], { onBlind: 'rollback' }).act).toBe('rollback');
  });

  it('with harm never lets a stage pass, whatever else is said', () => {
    const verdict = fc.constantFrom<StageVerdict>(
      'content',
      'inconclusive',
      'regressed',
      'breached',
      'distorted',
      'blind',
      'signalled',
    );
    const actions = fc.record<VerdictActions>({
      onRegression: fc.constantFrom('rollback', 'step-back', 'pause', 'disable'),
      onAlarm: fc.constantFrom('pause', 'rollback'),
      onInconclusive: fc.constantFrom('hold', 'advance', 'rollback'),
      onBlind: fc.constantFrom('hold', 'ignore', 'rollback'),
    });
    const harmful: StageVerdict[] = ['regressed', 'breached', 'distorted', 'signalled'];
    fc.assert(
      fc.property(fc.array(verdict), fc.constantFrom(...harmful), actions, fc.nat(1_000), (others, bad, chosen, watched) => {
        const { act } = decide({ watched }, [...others.map((one) => says(one)), says(bad)], chosen);
        expect(['rollback', 'step-back', 'pause', 'disable']).toContain(act);
      }),
    );
  });
});
