import type { Invocation, Result } from '../../command.js';
import { UsageError } from '../../command-error.js';
import { readUserConfig, writeUserConfig } from '../../server/profiles.js';

export async function run({ arguments: { name } }: Invocation<{ name: string }>): Promise<Result> {
  const { env } = process;
  const { profiles } = await readUserConfig(env);
  const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (found === undefined) throw new UsageError(`There is no profile "${name}": make it with flagtree login --profile=${name}.`);
  await writeUserConfig(env, { profile: name, profiles });
  return { data: { profile: name, url: found.url }, show: () => `${name}: ${found.url}` };
}
