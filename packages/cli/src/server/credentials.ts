import { readFileSync } from 'node:fs';
import { UsageError } from '../command-error.js';
import { localTokenFile, localUrl } from './local-server.js';
import { configPath, readProjectConfig, readUserConfig } from './profiles.js';

export interface ServerOptions {
  url: string | undefined;
  profile: string | undefined;
  tokenFile: string | undefined;
}

/** A setting, and who said so. */
export interface Origin {
  value: string;
  from: string;
}

export interface Credentials {
  url: Origin;
  /** Null: there is none. `value` is the token itself. */
  token: Origin | null;
  profile: Origin | null;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Which server, and who asks: options, then the environment, then `.flagtree.yaml` of the project, then the user's profiles, then a server whose
 * data directory is here. A token that is stored with a profile goes to that profile's address alone, and one of a data directory to that
 * server alone.
 */
export async function findCredentials(options: ServerOptions, env: Env, directory: string): Promise<Credentials> {
  const project = await readProjectConfig(directory);
  const user = await readUserConfig(env);
  const profile =
    origin(options.profile, '--profile') ??
    origin(env['FLAGTREE_PROFILE'], 'FLAGTREE_PROFILE') ??
    (options.url || env['FLAGTREE_URL'] || project?.url
      ? null
      : (origin(project?.profile, project?.path ?? '') ?? origin(user.profile, configPath(env))));
  const chosen = profile === null ? undefined : user.profiles[profile.value];
  if (profile !== null && chosen === undefined) {
    const known = Object.keys(user.profiles);
    throw new UsageError(
      `There is no profile "${profile.value}" (named by ${profile.from}): ${known.length > 0 ? `there are ${known.join(', ')}` : 'there are none yet'}. Make one with flagtree login --profile ${profile.value}.`,
    );
  }
  const local = localUrl(env);
  const url =
    origin(options.url, '--url') ??
    (options.profile === undefined ? origin(env['FLAGTREE_URL'], 'FLAGTREE_URL') : null) ??
    origin(chosen?.url, `the profile "${profile?.value ?? ''}"`) ??
    origin(project?.url, project?.path ?? '') ??
    origin(local?.url, local?.from ?? '');
  if (url === null)
    throw new UsageError(
      'Which server? Give --url, set FLAGTREE_URL, or flagtree login; beside a local server stand in the directory that holds its data directory.',
    );
  if (!/^https?:$/.test(URL.canParse(url.value) ? new URL(url.value).protocol : ''))
    throw new UsageError(
      `The address of the server must begin with http:// or https://, and ${url.from} says ${JSON.stringify(url.value)}.`,
    );
  const ofAddress = Object.entries(user.profiles).find(([, { url: one }]) => bare(one) === bare(url.value));
  const stored =
    chosen !== undefined && bare(chosen.url) === bare(url.value) ? ([profile?.value ?? '', chosen] as const) : ofAddress;
  const token =
    fileToken(options.tokenFile, '--token-file') ??
    (options.profile === undefined ? envToken(env) : null) ??
    (stored === undefined ? null : fileToken(stored[1].tokenFile, `the profile "${stored[0]}"`)) ??
    (local !== null && bare(local.url) === bare(url.value) ? fileToken(localTokenFile(env) ?? undefined, null) : null);
  return { url: { ...url, value: bare(url.value) }, token, profile };
}

function envToken(env: Env): Origin | null {
  for (const name of ['FLAGTREE_CLI_TOKEN', 'FLAGTREE_TOKEN']) {
    const { [name]: text, [`${name}_FILE`]: file } = env;
    if (text) return { value: wholeToken(text, name), from: name };
    if (file) return fileToken(file, `${name}_FILE`);
  }
  return null;
}

function fileToken(path: string | undefined, by: string | null): Origin | null {
  if (path === undefined) return null;
  const from = by === null ? path : `${by} (${path})`;
  try {
    return { value: wholeToken(readFileSync(path === '-' ? 0 : path, 'utf8'), from), from };
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`The token of ${from} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}).`, {
      cause,
    });
  }
}

/** A token that no header can hold would be shown by the error that says so. */
export function wholeToken(text: string, where: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new UsageError(`${where} holds no token: one is visible ASCII characters without spaces.`);
}

const origin = (value: string | undefined, from: string): Origin | null => (value ? { value, from } : null);

const bare = (url: string): string => url.replace(/\/+$/, '');
