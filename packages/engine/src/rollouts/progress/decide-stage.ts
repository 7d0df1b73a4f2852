/** What a guardrail says of the stage that is in force. */
export type StageVerdict =
  /** Enough was seen, and no harm. */
  | 'content'
  /** No alarm, and too little was seen to know. */
  | 'inconclusive'
  /** The treatment is worse than its control. */
  | 'regressed'
  /** A limit was passed. */
  | 'breached'
  /** The arms are not what was dealt. */
  | 'distorted'
  /** Nothing was measured. */
  | 'blind'
  /** Somebody said that it is bad. */
  | 'signalled';

export interface GuardrailVerdict {
  name: string;
  verdict: StageVerdict;
  /** `observe`: it is shown, and never acts. */
  mode: 'act' | 'observe';
  /** For people. */
  why: string;
}

export type OnRegression = 'rollback' | 'step-back' | 'pause' | 'disable';

/** What a verdict leads to, besides `content`, which lets pass. */
export interface VerdictActions {
  onRegression: OnRegression;
  /** Of `breached`, `signalled`. */
  onAlarm: 'pause' | 'rollback';
  onInconclusive: 'hold' | 'advance' | 'rollback';
  onBlind: 'hold' | 'ignore' | 'rollback';
}

/** The stage as it stands. Durations are milliseconds. */
export interface StandingStage {
  /** For how long it is held; null: not at all. */
  held: number | null;
  watched: number;
  /** After which an inconclusive stage is decided by `onInconclusive`. */
  waitAtMost: number;
  advance: 'automatic' | 'manual';
  isLast: boolean;
  /** Exposures of the treatment that it needs, and has. */
  exposures: { have: number; need: number };
  /** When the next stage may begin; null: in no hour of the week. */
  opensAt: number | null;
}

/** What a stage waits for, in the order in which people read it. */
export type Wait =
  | { what: 'guardrail'; name: string; why: string }
  | { what: 'duration'; left: number }
  | { what: 'exposures'; have: number; need: number }
  | { what: 'window'; until: number | null }
  | { what: 'person' };

export type StageDecision =
  { act: 'advance' | 'complete' } | { act: 'hold'; waits: Wait[] } | { act: OnRegression; guardrail: string; why: string };

/** The greater, the sooner it decides where several guardrails act. */
const WEIGHT: Record<OnRegression, number> = { pause: 0, 'step-back': 1, disable: 2, rollback: 3 };

/** What is to be done now. Harm comes before everything; without harm a stage passes once it waits for nothing. */
export function decideStage(
  stage: StandingStage,
  guardrails: readonly GuardrailVerdict[],
  actions: VerdictActions,
  now: number,
): StageDecision {
  const acting = guardrails.filter(({ mode }) => mode === 'act');
  const harm = acting
    .flatMap(({ name, verdict, why }) => {
      const act = harmOf(verdict, stage, actions);
      return act === null ? [] : [{ act, guardrail: name, why }];
    })
    .sort((one, other) => WEIGHT[other.act] - WEIGHT[one.act])[0];
  if (harm) return harm;
  const waits = waitsOf(stage, acting, actions, now);
  if (waits.length > 0) return { act: 'hold', waits };
  return { act: stage.isLast ? 'complete' : 'advance' };
}

function harmOf(verdict: StageVerdict, stage: StandingStage, actions: VerdictActions): OnRegression | null {
  switch (verdict) {
    case 'regressed':
      return actions.onRegression;
    case 'breached':
    case 'signalled':
      return actions.onAlarm;
    case 'distorted':
      return 'pause';
    case 'inconclusive':
      return stage.watched >= stage.waitAtMost && actions.onInconclusive === 'rollback' ? 'rollback' : null;
    case 'blind':
      return actions.onBlind === 'rollback' ? 'rollback' : null;
    case 'content':
      return null;
  }
}

function waitsOf(stage: StandingStage, acting: readonly GuardrailVerdict[], actions: VerdictActions, now: number): Wait[] {
  const { held, watched, exposures, opensAt } = stage;
  const waits: Wait[] = acting
    .filter(({ verdict }) => isWaitedFor(verdict, stage, actions))
    .map(({ name, why }) => ({ what: 'guardrail', name, why }));
  if (held !== null && watched < held) waits.push({ what: 'duration', left: held - watched });
  if (exposures.have < exposures.need) waits.push({ what: 'exposures', ...exposures });
  // The last stage begins nothing.
  if (!stage.isLast && (opensAt === null || opensAt > now)) waits.push({ what: 'window', until: opensAt });
  // Last, so that nobody agrees to what he has not seen.
  if (stage.advance === 'manual') waits.push({ what: 'person' });
  return waits;
}

function isWaitedFor(verdict: StageVerdict, stage: StandingStage, { onInconclusive, onBlind }: VerdictActions): boolean {
  if (verdict === 'blind') return onBlind === 'hold';
  return verdict === 'inconclusive' && !(onInconclusive === 'advance' && stage.watched >= stage.waitAtMost);
}
