import type { PromotionRequest, TargetValues } from '@flagtree/api';
import { valueOf } from '../../assignments.js';
import type { Invocation, Result } from '../../command.js';
import { UsageError } from '../../command-error.js';
import { OVERRIDE_FIELDS } from '../../flag-fields.js';
import { reasonIn, type WriteChoices } from '../../guard/write-options.js';
import { carryOut } from './carry-out.js';

interface Chosen extends WriteChoices {
  from: string | undefined;
  to: string[];
  fields: string[];
  mode: 'resolved' | 'override' | 'exact' | undefined;
  percentage: string | undefined;
  keep: string[];
  prune: boolean;
  dependencies: 'block' | 'include' | 'ignore' | undefined;
  planId: string | undefined;
}

export async function run(call: Invocation<{ flags: string[] }, Chosen>): Promise<Result> {
  const { flags, from, to } = directionOf(call);
  const { fields, mode, prune, dependencies, planId, keep } = call.options;
  const given = givenValues(call.options);
  const body: PromotionRequest = {
    from,
    to: to.length === 1 && to[0] !== undefined ? to[0] : to,
    ...(fields.length > 0 && { fields: fields as NonNullable<PromotionRequest['fields']> }),
    ...(mode !== undefined && { mode }),
    ...(given !== null && { with: given }),
    ...(keep.length > 0 && { keep: keep.includes('*') ? true : keep }),
    ...(prune && { prune }),
    ...(dependencies !== undefined && { dependencies }),
    ...(planId !== undefined && { plan: planId }),
    ...reasonIn(call.options),
  };
  const api = await call.session.api();
  const [key = '', ...others] = flags;
  const isSingle = others.length === 0 && !key.includes('*');
  return carryOut(
    call,
    (how) => (isSingle ? api.flags.promote(key, { ...body, ...how }) : api.promotions.create({ ...body, ...how, flags })),
    to,
  );
}

/** `ui.x dev..staging` is `ui.x --from=dev --to=staging`. */
function directionOf({ arguments: { flags: given }, options }: Invocation<{ flags: string[] }, Chosen>) {
  const flags = [...given];
  let { from, to } = options;
  if (from === undefined && to.length === 0) {
    const [, first, second] = /^([^.][\w-]*)\.\.([\w,-]+)$/.exec(flags.at(-1) ?? '') ?? [];
    if (first !== undefined && second !== undefined) {
      flags.pop();
      [from, to] = [first, second.split(',')];
    }
  }
  if (flags.length === 0) throw new UsageError('Which flag? Write flagtree promote <flag> <from>..<to>.');
  if (from === undefined || to.length === 0)
    throw new UsageError(
      `From where to where? Write flagtree promote ${flags.join(' ')} --from=${from ?? '<environment>'} --to=${to.join(',') || '<environment>'}, or <from>..<to>.`,
    );
  return { flags, from, to };
}

/** --percentage, and --with.<field>: JSON, or text such as the key of a variant. */
function givenValues(options: Chosen): TargetValues | null {
  const values = options as unknown as Record<string, string | undefined>;
  const given = OVERRIDE_FIELDS.flatMap((field) => {
    const typed = values[`with.${field}`] ?? (field === 'percentage' ? options.percentage : undefined);
    return typed === undefined ? [] : [[field, valueOf(typed)] as const];
  });
  return given.length === 0 ? null : Object.fromEntries(given);
}
