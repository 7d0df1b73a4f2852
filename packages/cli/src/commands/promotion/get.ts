import type { Invocation, Result } from '../../command.js';
import { planLines, verdict } from './promotion-text.js';

export async function run({ arguments: { id }, session }: Invocation<{ id: string }>): Promise<Result> {
  const api = await session.api();
  const promotion = await api.promotions.get(id);
  const { user, timestamp, reason } = promotion;
  const about = `${timestamp ?? ''} by ${user ?? 'nobody known'}${reason === null ? '' : `: ${reason}`}`;
  return { data: promotion, show: (style) => [...planLines(promotion, style), verdict(promotion), about].join('\n') };
}
