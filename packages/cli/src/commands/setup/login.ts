import type { Whoami } from '@flagtree/api';
import type { Invocation, Result } from '../../command.js';
import { UsageError } from '../../command-error.js';
import { wholeToken } from '../../server/credentials.js';
import { configPath, readUserConfig, writeToken, writeUserConfig } from '../../server/profiles.js';
import { readInput } from '../../assignments.js';
import { harmless } from '../../output/width.js';

interface Chosen {
  url?: string;
  profile?: string;
  tokenFile?: string;
  insecure: boolean;
}

export async function run({ options, session, terminal }: Invocation<unknown, Chosen>): Promise<Result> {
  const { env } = process;
  const { profile = 'default', tokenFile, insecure } = options;
  if (!/^[\w-]{1,64}$/.test(profile)) throw new UsageError('--profile takes a name of letters, digits, - and _.');
  const config = await readUserConfig(env);
  const url = (
    options.url ??
    env['FLAGTREE_URL'] ??
    config.profiles[profile]?.url ??
    (await terminal.ask('Server: ', 'give --url=<address>'))
  )
    .trim()
    .replace(/\/+$/, '');
  assertSafe(url, insecure);
  const token = wholeToken(
    tokenFile === undefined
      ? await terminal.ask('Token (not shown): ', 'give --token-file=<path>, or - for stdin', { hidden: true })
      : readInput(tokenFile),
    tokenFile ?? 'What was typed',
  );
  const who = await session.apiAs(url, token).about.whoami();
  const stored = writeToken(env, profile, token);
  await writeUserConfig(env, {
    profile,
    profiles: { ...config.profiles, [profile]: { url, tokenFile: stored } },
  });
  terminal.say(`Kept as the profile "${profile}" in ${configPath(env)}; the token is in ${stored}.`);
  return { data: { profile, url }, show: () => `${url}: ${describe(who)}.` };
}

function describe({ name, kind, role, environments }: Whoami): string {
  const where = environments === null ? 'every environment' : environments.join(', ');
  return `you are ${harmless(name)}, ${role ?? kind} in ${where}`;
}

/** A token that goes over http can be read on its way. */
function assertSafe(url: string, insecure: boolean): void {
  if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
    throw new UsageError(`The address of the server must begin with http:// or https://, and is ${JSON.stringify(url)}.`);
  const { protocol, hostname } = new URL(url);
  const isHere = hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  if (protocol === 'http:' && !isHere && !insecure)
    throw new UsageError(`The token would go to ${hostname} over http, where others can read it: take https://, or --insecure.`);
}
