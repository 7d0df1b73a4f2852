import type { Invocation, Result } from '../../command.js';
import { harmless } from '../../output/width.js';

export async function run({ arguments: { environment }, session }: Invocation<{ environment: string }>): Promise<Result> {
  const api = await session.api();
  const chain = await api.environments.chain(environment);
  return { data: chain, show: () => chain.items.map(({ slug }) => harmless(slug)).join(' → ') };
}
