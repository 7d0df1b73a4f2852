import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { UsageError } from '../command-error.js';

type Env = Readonly<Record<string, string | undefined>>;

/** A server, and the file that holds who asks it. */
export interface Profile {
  url: string;
  tokenFile?: string;
}

/** What `config.yaml` of a user holds. */
export interface UserConfig {
  profile?: string;
  profiles: Record<string, Profile>;
}

/** What `.flagtree.yaml` of a project holds. */
export interface ProjectConfig {
  path: string;
  profile?: string;
  url?: string;
}

const PROJECT_FILE = '.flagtree.yaml';

export function configDirectory(env: Env): string {
  return join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'flagtree');
}

export const configPath = (env: Env): string => join(configDirectory(env), 'config.yaml');

export const tokenPath = (env: Env, profile: string): string => join(configDirectory(env), 'tokens', profile);

export async function readUserConfig(env: Env): Promise<UserConfig> {
  const path = configPath(env);
  const content = await readYaml(path, ['profile', 'profiles']);
  const profiles: Record<string, Profile> = {};
  for (const [name, entry] of Object.entries(asObject(content['profiles'] ?? {}, `profiles in ${path}`))) {
    const profile = asObject(entry, `the profile "${name}" in ${path}`);
    const url = textIn(profile, 'url', path);
    if (url === undefined)
      throw new UsageError(`The profile "${name}" in ${path} has no url: write one, or flagtree login anew.`);
    const tokenFile = textIn(profile, 'tokenFile', path);
    profiles[name] = { url, ...(tokenFile !== undefined && { tokenFile }) };
  }
  const profile = textIn(content, 'profile', path);
  return { profiles, ...(profile !== undefined && { profile }) };
}

/** The nearest one, upwards from a directory; null where there is none. */
export async function readProjectConfig(from: string): Promise<ProjectConfig | null> {
  for (let directory = from; ; directory = dirname(directory)) {
    const path = join(directory, PROJECT_FILE);
    if (existsSync(path)) {
      const content = await readYaml(path, ['profile', 'url']);
      const profile = textIn(content, 'profile', path);
      const url = textIn(content, 'url', path);
      return { path, ...(profile !== undefined && { profile }), ...(url !== undefined && { url }) };
    }
    if (directory === dirname(directory)) return null;
  }
}

export async function writeUserConfig(env: Env, config: UserConfig): Promise<void> {
  const { stringify } = await import('./yaml.js');
  writeOwn(configPath(env), stringify(config));
}

export function writeToken(env: Env, profile: string, token: string): string {
  const path = tokenPath(env, profile);
  writeOwn(path, `${token}\n`);
  return path;
}

/** For its owner alone, and whole or not at all. */
function writeOwn(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, content, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, path);
}

async function readYaml(path: string, known: readonly string[]): Promise<Record<string, unknown>> {
  if (!existsSync(path)) return {};
  const { parse } = await import('./yaml.js');
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8')) ?? {};
  } catch (cause) {
    throw new UsageError(`${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
  const found = asObject(content, path);
  const unknown = Object.keys(found).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`${path} has "${unknown}", which is none of ${known.join(', ')}.`);
  return found;
}

function asObject(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new UsageError(`${where} must be names with values, and is ${JSON.stringify(value)}.`);
}

function textIn(content: Record<string, unknown>, name: string, path: string): string | undefined {
  const value = content[name];
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw new UsageError(`"${name}" in ${path} must be a text, and is ${JSON.stringify(value)}.`);
}
