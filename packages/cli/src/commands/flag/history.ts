import type { Invocation, Result } from '../../command.js';
import { auditTable } from '../audit/audit-table.js';

interface Chosen {
  env: string | undefined;
  limit: number | undefined;
}

export async function run({ arguments: { key }, options, session }: Invocation<{ key: string }, Chosen>): Promise<Result> {
  const { env, limit = 20 } = options;
  const api = await session.api();
  await api.flags.get(key);
  const items = await api.audit.list({ flag: key, environment: env, limit: Math.min(limit, 200) }).toArray(limit);
  return { data: { items }, show: (style) => auditTable(items, style) };
}
