import type { Invocation, Result } from '../../command.js';
import { table } from '../../output/table.js';

interface Chosen {
  flag: string | undefined;
  env: string | undefined;
  since: string | undefined;
  limit: number | undefined;
}

export async function run({ options, session }: Invocation<unknown, Chosen>): Promise<Result> {
  const { flag, env, since, limit = 20 } = options;
  const api = await session.api();
  const items = await api.promotions.list({ flag, environment: env, since, limit: Math.min(limit, 200) }).toArray(limit);
  const rows = items.map(({ id, timestamp, kind, from, to, flags, user, reason }) => [
    id,
    timestamp,
    kind,
    `${from} → ${[to].flat().join(', ')}`,
    flags.join(', '),
    user,
    reason,
  ]);
  return {
    data: { items },
    show: (style) => table(['Id', 'Time', 'Kind', 'Way', 'Flags', 'Who', 'Why'], rows, style, 'No promotion fits.'),
  };
}
