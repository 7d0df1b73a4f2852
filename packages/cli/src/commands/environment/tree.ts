import type { Environment } from '@flagtree/api';
import type { Invocation, Result } from '../../command.js';
import { type Branch, tree } from '../../output/tree.js';
import type { Style } from '../../output/style.js';
import { harmless } from '../../output/width.js';
import { environmentNamed } from '../../server/environment-named.js';

export async function run({ arguments: { root }, session }: Invocation<{ root: string | undefined }>): Promise<Result> {
  const all = await session.environments();
  const roots = root === undefined ? all.filter(({ parent }) => parent === null) : [environmentNamed(root, all)];
  const items = roots.flatMap((one) => withDescendants(one, all));
  return {
    data: { items },
    show: (style) => tree(roots.map((one) => branchOf(one, all, style))) || 'There are no environments.',
  };
}

function withDescendants(environment: Environment, all: readonly Environment[]): Environment[] {
  return [environment, ...childrenOf(environment, all).flatMap((child) => withDescendants(child, all))];
}

const childrenOf = ({ slug }: Environment, all: readonly Environment[]): Environment[] =>
  all.filter(({ parent }) => parent === slug);

function branchOf(environment: Environment, all: readonly Environment[], style: Style): Branch {
  const { slug, aliases, effectiveSettings, isActive } = environment;
  const { colours } = style;
  const marks = [
    ...(aliases.length > 0 ? [colours.dim(`(${aliases.map(harmless).join(', ')})`)] : []),
    ...(effectiveSettings.protected === true ? [colours.yellow('protected')] : []),
    ...(isActive ? [] : [colours.dim('inactive')]),
  ];
  return {
    label: [colours.bold(harmless(slug)), ...marks].join(' '),
    children: childrenOf(environment, all).map((child) => branchOf(child, all, style)),
  };
}
