import { type CheckOutcome, FLAG_FIELDS, type TargetValues } from '@flagtree/engine';
import { windowAt } from '@flagtree/engine/rollouts';
import { gateDefects, type GateSetting } from '../../pipelines/gate-settings.js';
import type { Pipeline, PipelineStep } from '../../pipelines/pipelines.queries.js';
import { listed } from '../../platform/http/problems/listed.js';
import { failed, type GateResult, passed } from './standing-gates.js';

/** What the gates of a step look at. */
export interface StepInput {
  from: string;
  to: string;
  /** Keys of the flags that change in the target. */
  flags: readonly string[];
  /** Values that the target gets instead of the source's. */
  with: TargetValues;
  reason: string | null;
  now: Date;
  /** When each flag last changed in the source. */
  changedAt: ReadonlyMap<string, Date>;
  outcomes: readonly CheckOutcome[];
}

/** The gates of every pipeline that has the target as a step. */
export function pipelineGates(pipelines: readonly Pipeline[], input: StepInput): GateResult[] {
  return pipelines.flatMap((pipeline) => {
    const step = pipeline.steps.find(({ environment }) => environment === input.to);
    if (!step) return [];
    const at = { environment: input.to, pipeline: pipeline.name };
    return [
      direction(pipeline, input),
      ...givenValues(pipeline, step, input),
      ...step.gates.map((gate, index) => judge(gate, `gates/${String(index)}`, input)),
    ].map((result) => ({
      ...result,
      ...at,
    }));
  });
}

/** Whether any step that is entered asks how long the source has rested. */
export function asksForSoak(pipelines: readonly Pipeline[], targets: readonly string[]): boolean {
  return pipelines.some(({ steps }) =>
    steps.some(({ environment, gates }) => targets.includes(environment) && gates.some(({ gate }) => gate === 'soak')),
  );
}

function direction({ name, steps, direction: rule }: Pipeline, { from, to }: StepInput): GateResult {
  const order = steps.map(({ environment }) => environment);
  const [start, end] = [order.indexOf(from), order.indexOf(to)];
  const way = order.join(' → ');
  if (rule === 'any') return passed('direction', `the pipeline ${name} leaves the direction free`);
  const before = order[end - 1];
  if (end === 0 && start < 0) return passed('direction', `${to} is where the pipeline ${name} begins`);
  const isRight = rule === 'forward' ? start >= 0 && start < end : start === end - 1 && start >= 0;
  if (isRight) return passed('direction', `${from} → ${to} is the way of the pipeline ${name}`);
  const next =
    before === undefined ? `${to} is its first step, to which nothing after it is promoted` : `promote to ${to} from ${before}`;
  return failed(
    'direction',
    `${from} → ${to} is not the way of the pipeline ${name} (${way}): ${next}, or take a promotion back with its revert`,
  );
}

/** A value that was never in the source would pass the gates that ask about the source. */
function givenValues(
  { name, direction: rule, with: allowed }: Pipeline,
  { gates }: PipelineStep,
  { to, with: values }: StepInput,
): GateResult[] {
  const given = FLAG_FIELDS.filter((field) => values[field] !== undefined);
  if (given.length === 0 || (gates.length === 0 && rule === 'any')) return [];
  if (allowed === 'any') return [passed('with', `the pipeline ${name} takes any value into ${to}`)];
  const others = given.filter((field) => field !== 'percentage' && !(field === 'enabled' && values.enabled === false));
  if (others.length === 0) return [passed('with', 'only less is given than what was in the source')];
  const reason = `${listed(others)} given for ${to} was never in the source, and the pipeline ${name} takes only a "percentage" and "enabled": false into a gated step: promote it from the source, or say "with": "any" in the pipeline`;
  return [failed('with', reason)];
}

/** A gate that cannot be read holds everybody up: it was put there to do so. */
function judge(gate: GateSetting, at: string, input: StepInput): GateResult {
  const defects = gateDefects(gate, at);
  if (defects.length === 0) return GATES[gate.gate](gate as never, input);
  const wrong = defects.map(({ pointer, detail }) => `${pointer}: ${detail}`);
  return failed('readable', `This server cannot read a gate of ${input.to} (${listed(wrong)}): correct the pipeline`);
}

type GateQuestion<G extends GateSetting['gate']> = (setting: Extract<GateSetting, { gate: G }>, input: StepInput) => GateResult;

/** Each gate is a function with a name: others take their place beside these. */
const GATES: { [G in GateSetting['gate']]: GateQuestion<G> } = {
  soak,
  'frozen-hours': frozenHours,
  reason,
  'has-checks': hasChecks,
};

function soak({ minutes }: { minutes: number }, { from, flags, now, changedAt }: StepInput): GateResult {
  const young = flags.flatMap((flag) => {
    const ready = (changedAt.get(flag)?.getTime() ?? 0) + minutes * 60_000;
    return ready > now.getTime() ? [{ flag, ready: new Date(ready).toISOString() }] : [];
  });
  if (young.length === 0) return passed('soak', `unchanged in ${from} for ${String(minutes)} minutes`);
  const waits = young.map(({ flag, ready }) => `"${flag}" until ${ready}`);
  return {
    ...failed('soak', `It must not have changed in ${from} for ${String(minutes)} minutes: wait for ${listed(waits)}`),
    state: 'waiting',
  };
}

function frozenHours({ timeZone, windows }: Extract<GateSetting, { gate: 'frozen-hours' }>, { to, now }: StepInput): GateResult {
  const window = windowAt(windows, timeZone, now);
  if (!window) return passed('frozen-hours', 'not in frozen hours');
  const hours = `${window.days.join(', ')} ${window.from}–${window.to} (${timeZone})`;
  return {
    ...failed('frozen-hours', `${to} is frozen, ${hours}: promote again after that. Taking a promotion back is always possible`),
    state: 'waiting',
  };
}

function reason(_: { gate: 'reason' }, { to, reason: given }: StepInput): GateResult {
  if (given !== null) return passed('reason', 'a reason is given');
  return failed('reason', `A promotion to ${to} says why: send "reason"`);
}

function hasChecks(_: { gate: 'has-checks' }, { to, flags, outcomes }: StepInput): GateResult {
  const checked = new Set(
    outcomes.filter(({ environment, holds }) => environment === to && holds === true).map(({ flag }) => flag),
  );
  const bare = flags.filter((flag) => !checked.has(flag));
  if (bare.length === 0) return passed('has-checks', 'every flag has a check that holds');
  return failed(
    'has-checks',
    `${listed(bare.map((flag) => `"${flag}"`))} has no saved check that holds in ${to}: save one with PUT …/checks/{name}`,
  );
}
