import type { Flag } from '@flagtree/api';
import type { Invocation, Result } from '../../command.js';
import { inline } from '../../output/diff.js';
import type { Style } from '../../output/style.js';
import { facts, table } from '../../output/table.js';

interface Chosen {
  env: string | undefined;
  at: string | undefined;
}

export async function run({
  arguments: { key },
  options: { env, at },
  session,
}: Invocation<{ key: string }, Chosen>): Promise<Result> {
  const api = await session.api();
  const flag = await api.flags.get(key, { env, at });
  return { data: flag, show: (style) => flagText(flag, style) };
}

export function flagText(flag: Flag, style: Style): string {
  const { key, name, type, description, owner, tags, environment, resolved, version, revision, archivedAt } = flag;
  const about = facts(
    [
      ['Key', key],
      ['Name', name],
      ['Type', type],
      ['Description', description],
      ['Owner', owner],
      ['Tags', tags.join(', ') || null],
      ...(archivedAt === null ? [] : ([['Archived', archivedAt]] as const)),
      ['Environment', environment ?? 'none: the base'],
      ['Version', `${version} (revision ${revision})`],
    ],
    style,
  );
  return `${about}\n\n${resolved === undefined ? baseTable(flag, style) : resolvedTable(resolved, style)}`;
}

const FIELDS = ['enabled', 'percentage', 'rules', 'variants', 'defaultVariant', 'offVariant'] as const;

function baseTable(flag: Flag, style: Style): string {
  return table(
    ['Field', 'Value'],
    FIELDS.map((field) => [field, inline(flag[field])]),
    style,
  );
}

function resolvedTable(resolved: NonNullable<Flag['resolved']>, style: Style): string {
  const rows = FIELDS.map((field) => {
    const { value, state, source } = resolved[field];
    const from = source.kind === 'flag' ? 'the flag' : (source.slug ?? '');
    return [field, from, state, inline(value)];
  });
  return table(['Field', 'From', 'State', 'Value'], rows, style);
}
