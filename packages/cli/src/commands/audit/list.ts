import type { AuditEntry } from '@flagtree/api';
import type { Invocation, Result } from '../../command.js';
import { auditTable } from './audit-table.js';

interface Chosen {
  flag: string | undefined;
  env: string | undefined;
  actor: string | undefined;
  action: AuditEntry['action'] | undefined;
  since: string | undefined;
  until: string | undefined;
  limit: number | undefined;
}

export async function run({ options, session }: Invocation<unknown, Chosen>): Promise<Result> {
  const { flag, env, actor, action, since, until, limit = 20 } = options;
  const api = await session.api();
  const items = await api.audit
    .list({ flag, environment: env, actor, action, since, until, limit: Math.min(limit, 200) })
    .toArray(limit);
  return { data: { items }, show: (style) => auditTable(items, style) };
}
