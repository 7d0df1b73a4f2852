import type { Explanation } from '@flagtree/api';
import { contextFrom } from '../../assignments.js';
import type { Invocation, Result } from '../../command.js';
import { inline } from '../../output/diff.js';
import type { Style } from '../../output/style.js';
import { facts } from '../../output/table.js';
import { harmless } from '../../output/width.js';

interface Chosen {
  env: string;
  context: string | undefined;
  targetingKey: string | undefined;
  at: string | undefined;
}

export async function run({ arguments: { key }, options, session }: Invocation<{ key: string }, Chosen>): Promise<Result> {
  const { env, context, targetingKey, at } = options;
  const api = await session.api();
  const explanation = await api.flags.explain(key, {
    environment: env,
    context: contextFrom(context, targetingKey),
    ...(at !== undefined && { at }),
  });
  return { data: explanation, show: (style) => explanationText(explanation, style) };
}

function explanationText({ flag, environment, chain, evaluation, steps, defect }: Explanation, style: Style): string {
  const { value, variant, reason, errorCode, errorDetails } = evaluation as Record<string, string | undefined>;
  return [
    facts(
      [
        ['Flag', flag],
        ['Environment', `${environment} (${chain.join(' → ')})`],
        ['Value', inline(value)],
        ['Variant', variant ?? null],
        ['Reason', reason ?? null],
        ...(errorCode === undefined ? [] : ([['Error', `${errorCode}: ${errorDetails ?? ''}`]] as const)),
        ...(defect === null ? [] : ([['Defect', defect]] as const)),
      ],
      style,
    ),
    '',
    ...steps.map((step, index) => `${index + 1}. ${stepText(step)}`),
  ].join('\n');
}

/** A step says its kind in `step`, and the rest in members of its own. */
function stepText({ step, ...rest }: Record<string, unknown>): string {
  const said = Object.entries(rest).map(
    ([name, value]) => `${name} ${typeof value === 'string' ? harmless(value) : inline(value)}`,
  );
  return [typeof step === 'string' ? step : 'step', said.join(', ')].filter((part) => part !== '').join(': ');
}
