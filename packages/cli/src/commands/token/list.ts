import type { Invocation, Result } from '../../command.js';
import { table } from '../../output/table.js';

export async function run({ session }: Invocation): Promise<Result> {
  const api = await session.api();
  const items = await api.tokens.list({ limit: 200 }).toArray();
  const rows = items.map(({ id, name, kind, role, environments, expiresAt, revokedAt, lastUsedAt }) => [
    id,
    name,
    role ?? kind,
    environments?.join(', ') ?? 'all',
    revokedAt === null ? (expiresAt ?? 'no end') : 'revoked',
    lastUsedAt ?? 'never',
  ]);
  return { data: { items }, show: (style) => table(['Id', 'Name', 'Role', 'Environments', 'Until', 'Last used'], rows, style) };
}
