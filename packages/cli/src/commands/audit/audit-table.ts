import type { AuditEntry } from '@flagtree/api';
import type { Style } from '../../output/style.js';
import { table } from '../../output/table.js';

export function auditTable(items: readonly AuditEntry[], style: Style): string {
  const rows = items.map(({ revision, timestamp, action, entity, flag, environment, user, reason }) => [
    revision,
    timestamp,
    action,
    flag ?? entity,
    environment,
    user,
    reason,
  ]);
  return table(['Revision', 'Time', 'Action', 'What', 'Environment', 'Who', 'Why'], rows, style, 'No entry fits.');
}
