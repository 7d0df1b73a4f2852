import type { Invocation, Result } from '../../command.js';
import { facts } from '../../output/table.js';

export async function run({ arguments: { id }, session }: Invocation<{ id: string }>): Promise<Result> {
  const api = await session.api();
  const token = await api.tokens.get(id);
  const { name, kind, role, environments, includeDescendants, expiresAt, revokedAt, lastUsedAt } = token;
  return {
    data: token,
    show: (style) =>
      facts(
        [
          ['Id', token.id],
          ['Name', name],
          ['Kind', kind],
          ['Role', role],
          ['Environments', environments === null ? 'all' : `${environments.join(', ')}${includeDescendants ? ' and below' : ''}`],
          ['Until', expiresAt ?? 'no end'],
          ['Revoked', revokedAt],
          ['Last used', lastUsedAt ?? 'never'],
        ],
        style,
      ),
  };
}
