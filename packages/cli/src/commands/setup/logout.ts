import { rmSync } from 'node:fs';
import type { Invocation, Result } from '../../command.js';
import { UsageError } from '../../command-error.js';
import { readUserConfig, tokenPath, writeUserConfig } from '../../server/profiles.js';

export async function run({ arguments: { name } }: Invocation<{ name: string }>): Promise<Result> {
  const { env } = process;
  const { profile, profiles } = await readUserConfig(env);
  if (!Object.hasOwn(profiles, name)) {
    const known = Object.keys(profiles);
    throw new UsageError(`There is no profile "${name}": there ${known.length > 0 ? `are ${known.join(', ')}` : 'are none'}.`);
  }
  const { [name]: _forgotten, ...others } = profiles;
  await writeUserConfig(env, { profiles: others, ...(profile !== undefined && profile !== name && { profile }) });
  rmSync(tokenPath(env, name), { force: true });
  return {
    data: { forgotten: name },
    show: () => `The profile "${name}" and its token file are gone; the token goes on until it is revoked.`,
  };
}
