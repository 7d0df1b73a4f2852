import type { Invocation, Result } from '../../command.js';
import { reasonIn, type WriteChoices } from '../../guard/write-options.js';
import { carryOut } from './carry-out.js';

export async function run(call: Invocation<{ id: string }, WriteChoices & { withoutConflicts: boolean }>): Promise<Result> {
  const { id } = call.arguments;
  const api = await call.session.api();
  const { to } = await api.promotions.get(id);
  const body = { ...reasonIn(call.options), ...(call.options.withoutConflicts && { withoutConflicts: true }) };
  return carryOut(call, (how) => api.promotions.revert(id, { ...body, ...how }), [to].flat());
}
