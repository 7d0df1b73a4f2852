import type { BulkRequest } from '@flagtree/api';
import type { Invocation, Result } from '../../command.js';
import { UsageError } from '../../command-error.js';
import { keepIn } from '../../flag-fields.js';
import { reasonIn, type WriteChoices } from '../../guard/write-options.js';
import { didYouMean } from '../../program/suggest.js';
import { runBulk } from './run-bulk.js';

interface Chosen extends WriteChoices {
  flags: string[];
  tags: string[];
  environments: string[];
  subtree: boolean;
  set: Record<string, unknown> | undefined;
  fields: string[];
  source: string | undefined;
  mode: 'override' | 'resolved' | undefined;
  partial: boolean;
  keep: string[];
}

const OPERATIONS = ['enable', 'disable', 'set', 'clear', 'copy'] as const;

export function run(call: Invocation<{ operation: string }, Chosen>): Promise<Result> {
  const { operation: typed } = call.arguments;
  const operation = OPERATIONS.find((one) => one === typed);
  if (operation === undefined)
    throw new UsageError(
      `There is no operation "${typed}": it is one of ${OPERATIONS.join(', ')}.${didYouMean(typed, OPERATIONS)}`,
    );
  const { flags, tags, environments, subtree, set, fields, source, mode, partial, keep } = call.options;
  const body = {
    operation,
    ...(flags.length > 0 && { flags }),
    ...(tags.length > 0 && { tags }),
    ...(environments.length > 0 && { environments }),
    ...(subtree && { subtree }),
    ...(set !== undefined && { set }),
    ...(fields.length > 0 && { fields }),
    ...(source !== undefined && { from: source }),
    ...(mode !== undefined && { mode }),
    ...(partial && { atomic: false }),
    ...keepIn(keep),
    ...reasonIn(call.options),
  } as BulkRequest;
  return runBulk(call, body);
}
