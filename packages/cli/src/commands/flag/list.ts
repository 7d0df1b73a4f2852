import type { Invocation, Result } from '../../command.js';
import { table } from '../../output/table.js';

interface Chosen {
  env: string | undefined;
  search: string | undefined;
  tag: string | undefined;
  owner: string | undefined;
  archived: boolean;
}

export async function run({ options, session }: Invocation<unknown, Chosen>): Promise<Result> {
  const { env, search, tag, owner, archived } = options;
  const api = await session.api();
  const items = await api.flags.list({ limit: 200, env, search, tag, owner, ...(archived && { archived }) }).toArray();
  const rows = items.map(({ key, type, enabled, percentage, owner: whose, tags }) => [
    key,
    type,
    enabled ? 'on' : 'off',
    `${percentage} %`,
    whose,
    tags.join(', ') || null,
  ]);
  return {
    data: { items },
    show: (style) => table(['Key', 'Type', 'State', 'Share', 'Owner', 'Tags'], rows, style, 'No flag fits.'),
  };
}
