import type { BulkRequest } from '@flagtree/api';
import type { Invocation, Result } from '../../command.js';
import { CommandError, UsageError } from '../../command-error.js';
import { EXIT } from '../../exit-codes.js';
import { keepIn } from '../../flag-fields.js';
import { consent } from '../../guard/guarded-write.js';
import { reasonIn, type WriteChoices } from '../../guard/write-options.js';
import { didYouMean } from '../../program/suggest.js';
import { environmentNamed } from '../../server/environment-named.js';
import { bulkText } from './bulk-text.js';

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

export async function run(call: Invocation<{ operation: string }, Chosen>): Promise<Result> {
  const { operation: typed } = call.arguments;
  const operation = OPERATIONS.find((one) => one === typed);
  if (operation === undefined)
    throw new UsageError(
      `There is no operation "${typed}": it is one of ${OPERATIONS.join(', ')}.${didYouMean(typed, OPERATIONS)}`,
    );
  const { flags, tags, environments, subtree, set, fields, source, mode, partial, keep, dryRun } = call.options;
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
  const api = await call.session.api();
  const planned = await api.bulk.run({ ...body, dryRun: true });
  if (!('items' in planned)) throw new CommandError('The server does not say what it would do.');
  if (dryRun) return { data: planned, show: (style) => bulkText(planned, style, true) };
  const all = await call.session.environments();
  const targets = environments.map((name) => environmentNamed(name, all).slug);
  const written = planned.items.filter(({ outcome }) => outcome === 'changed').map(({ environment }) => environment);
  await consent(call, { rehearsed: { effect: [] }, targets: [...new Set([...targets, ...written])] });
  const done = await api.bulk.run(body);
  if (!('items' in done)) throw new CommandError('The server only rehearsed this.');
  return {
    data: done,
    show: (style) => bulkText(done, style, false),
    ...(done.refused > 0 && { exitCode: EXIT.refused }),
  };
}
