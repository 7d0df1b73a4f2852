import type { Evaluation } from '@flagtree/api';
import { contextFrom } from '../../assignments.js';
import type { Invocation, Result } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { inline } from '../../output/diff.js';
import type { Style } from '../../output/style.js';
import { table } from '../../output/table.js';

interface Chosen {
  env: string;
  context: string | undefined;
  targetingKey: string | undefined;
  at: string | undefined;
}

export async function run({ arguments: { keys }, options, session }: Invocation<{ keys: string[] }, Chosen>): Promise<Result> {
  const { env, context, targetingKey, at } = options;
  const api = await session.api();
  const body = { context: contextFrom(context, targetingKey), ...(keys.length > 0 && { flags: keys }) };
  const evaluation = await api.evaluation.evaluate(body, { env, at });
  const hasErrors = Object.values(evaluation.flags).some(({ errorCode }) => errorCode !== undefined);
  return {
    data: evaluation,
    show: (style) => evaluationTable(evaluation, style),
    ...(hasErrors && { exitCode: EXIT.failed }),
  };
}

function evaluationTable({ flags }: Evaluation, style: Style): string {
  const rows = Object.entries(flags).map(([key, { value, variant, reason, errorCode, errorDetails }]) => [
    key,
    errorCode === undefined ? inline(value) : '-',
    variant ?? null,
    errorCode === undefined ? reason : `${errorCode}: ${errorDetails ?? ''}`,
  ]);
  return table(['Flag', 'Value', 'Variant', 'Reason'], rows, style, 'There are no flags.');
}
