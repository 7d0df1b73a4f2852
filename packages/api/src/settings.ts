import { ConfigurationError } from './errors.js';
import { fetchTransport, type Transport } from './calls/transport.js';

export interface ApiOptions {
  /** Where the server is. Else `FLAGTREE_URL`, else that of the server whose data directory is here. */
  url?: string | undefined;
  /**
   * An admin token, or what gives one for each request. Else `FLAGTREE_CLI_TOKEN` or the file that `FLAGTREE_CLI_TOKEN_FILE` names, else
   * `FLAGTREE_TOKEN` likewise; beside a local server the token in its data directory. Null: none is sent.
   */
  token?: string | (() => string | Promise<string>) | null | undefined;
  /** What sends the requests; by default `fetch`. */
  transport?: Transport | undefined;
  /** How long one attempt of a request may take: 10 seconds by default, and two minutes for imports, exports and the like. */
  timeoutMs?: number | undefined;
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Instead of the environment of the process. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** For tests. */
  random?: (() => number) | undefined;
}

export interface Settings {
  url: string;
  token: () => string | null | Promise<string>;
  /** Where the token is from, for the error that says that it was refused; null: from the caller. */
  tokenFrom: string | null;
  transport: Transport;
  timeoutMs: number | null;
  headers: Readonly<Record<string, string>>;
  random: () => number;
}

/** @throws {ConfigurationError} with everything that is wrong */
export function settingsFrom(options: ApiOptions): Settings {
  const defects: string[] = [];
  const surroundings = new Surroundings(options.env ?? environmentOfProcess(), defects);
  const url = urlFrom(options, surroundings, defects);
  const { token, from } = tokenFrom(options, surroundings, defects);
  if (options.timeoutMs !== undefined && !(options.timeoutMs > 0))
    defects.push('timeoutMs must be a number of milliseconds above 0.');
  if (defects.length > 0) throw new ConfigurationError(defects);
  return {
    url,
    token,
    tokenFrom: from,
    transport: options.transport ?? fetchTransport,
    timeoutMs: options.timeoutMs ?? null,
    headers: options.headers ?? {},
    random: options.random ?? Math.random,
  };
}

function urlFrom({ url }: ApiOptions, surroundings: Surroundings, defects: string[]): string {
  const given = url ?? surroundings.env['FLAGTREE_URL'] ?? surroundings.localUrl() ?? '';
  if (given === '') {
    defects.push('There is no URL: give url, or set FLAGTREE_URL.');
  } else if (!/^https?:$/.test(URL.canParse(given) ? new URL(given).protocol : '')) {
    defects.push(`The URL must begin with http:// or https://, and is ${JSON.stringify(given)}.`);
  }
  return given.replace(/\/+$/, '');
}

function tokenFrom({ token, url }: ApiOptions, surroundings: Surroundings, defects: string[]) {
  if (token === null) return { token: () => null, from: null };
  if (typeof token === 'function') return { token: async () => whole(await token(), 'What token() gives'), from: null };
  const found = token === undefined ? surroundings.token(url === undefined) : { from: null, read: () => token };
  if (found === null) {
    defects.push('There is no token: give token, or set FLAGTREE_TOKEN or FLAGTREE_TOKEN_FILE.');
    return { token: () => null, from: null };
  }
  const read = (): string => whole(found.read(), found.from ?? 'token');
  try {
    read();
  } catch (error) {
    defects.push((error as Error).message);
  }
  return { token: read, from: found.from };
}

/** A token that no header can hold would be shown by the error that says so. */
function whole(text: string, from: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new ConfigurationError([`${from} holds no token: one is visible ASCII characters without spaces.`]);
}

/** What the process knows; a page knows nothing. */
class Surroundings {
  constructor(
    readonly env: Readonly<Record<string, string | undefined>>,
    private readonly defects: string[],
  ) {}

  /** A file is read for each request, so that a token can be exchanged while the process runs. */
  token(mayBeLocal: boolean): { from: string; read: () => string } | null {
    for (const name of ['FLAGTREE_CLI_TOKEN', 'FLAGTREE_TOKEN']) {
      const { [name]: text, [`${name}_FILE`]: file } = this.env;
      if (text) return { from: name, read: () => text };
      if (file) return { from: `${name}_FILE`, read: () => this.read(file, `${name}_FILE`) };
    }
    if (!mayBeLocal || this.env['FLAGTREE_URL'] || this.local('admin-token') === null) return null;
    const path = this.pathOf('admin-token');
    return { from: path, read: () => this.read(path, path) };
  }

  /** Where a server on this machine says that it answers. */
  localUrl(): string | null {
    const note = this.local('server.json');
    if (note === null) return null;
    try {
      const { url } = JSON.parse(note) as { url?: unknown };
      if (typeof url === 'string') return url;
    } catch {
      // what is half written says nothing
    }
    this.defects.push(`${this.pathOf('server.json')} says no url.`);
    return null;
  }

  /** What a server on this machine has left in its data directory. */
  local(name: string): string | null {
    const fs = fileSystem();
    if (!fs?.existsSync(this.pathOf(name))) return null;
    try {
      return fs.readFileSync(this.pathOf(name), 'utf8').trim();
    } catch (error) {
      this.defects.push(`${this.pathOf(name)} cannot be read (${(error as Error).message}).`);
      return null;
    }
  }

  private pathOf(name: string): string {
    return `${this.env['FLAGTREE_DATA_DIR'] ?? '.flagtree'}/${name}`;
  }

  private read(path: string, from: string): string {
    try {
      return fileSystem()?.readFileSync(path, 'utf8') ?? '';
    } catch (error) {
      throw new ConfigurationError([
        `The token of ${from} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      ]);
    }
  }
}

/** In a page there is neither. */
function fileSystem() {
  return typeof process === 'undefined' ? null : process.getBuiltinModule('node:fs');
}

function environmentOfProcess(): Readonly<Record<string, string | undefined>> {
  return typeof process === 'undefined' ? {} : process.env;
}
