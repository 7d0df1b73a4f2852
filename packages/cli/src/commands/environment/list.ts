import type { Environment } from '@flagtree/api';
import type { Invocation, Result } from '../../command.js';
import type { Style } from '../../output/style.js';
import { table } from '../../output/table.js';

export async function run({ options, session }: Invocation<unknown, { search: string | undefined }>): Promise<Result> {
  const api = await session.api();
  const items = await api.environments.list({ limit: 200, search: options.search }).toArray();
  return { data: { items }, show: (style) => environmentTable(items, style) };
}

export function environmentTable(items: readonly Environment[], style: Style): string {
  const rows = items.map(({ slug, aliases, parent, effectiveSettings, isActive, expiresAt, name }) => [
    slug,
    aliases.join(', ') || null,
    parent,
    effectiveSettings.protected === true ? 'protected' : null,
    isActive ? (expiresAt === null ? 'active' : `until ${expiresAt}`) : 'inactive',
    name,
  ]);
  return table(
    ['Slug', 'Aliases', 'Parent', 'Guard', 'State', 'Name'],
    rows,
    style,
    'There are no environments: flagtree env create makes one.',
  );
}
