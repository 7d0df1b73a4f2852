import { createApi, type Environment, type FlagtreeApi } from '@flagtree/api';
import { UsageError } from '../command-error.js';
import { type Credentials, findCredentials, type ServerOptions } from './credentials.js';
import { nodeTransport } from './transport.js';

/** Kinds of tokens that only evaluate. */
const EVALUATES = /^ft_(client|browser)_/;

/** One command's talk with a server: nothing is read or sent before it is asked for. */
export class Session {
  private found: Promise<Credentials> | null = null;
  private readonly connection = nodeTransport();
  private known: Promise<Environment[]> | null = null;

  constructor(
    private readonly options: ServerOptions & { timeoutMs: number | undefined },
    /** Whether a token that only evaluates will do. */
    private readonly asks: 'admin' | 'anyone' | 'nothing',
  ) {}

  credentials(): Promise<Credentials> {
    return (this.found ??= findCredentials(this.options, process.env, process.cwd()));
  }

  /** The API, asked with the token that was found. */
  async api(): Promise<FlagtreeApi> {
    const { url, token } = await this.credentials();
    if (token === null)
      throw new UsageError(
        `Who are you? No token is known for ${url.value}: flagtree login, or set FLAGTREE_CLI_TOKEN or FLAGTREE_CLI_TOKEN_FILE.`,
      );
    const [, kind] = EVALUATES.exec(token.value) ?? [];
    if (kind !== undefined && this.asks === 'admin')
      throw new UsageError(
        `${token.from} holds a ${kind} token, which only evaluates; a management token begins with ft_admin_. Set FLAGTREE_CLI_TOKEN, or flagtree login.`,
      );
    return this.apiAs(url.value, token.value);
  }

  /** The API of any server, with any token, or none. */
  apiAs(url: string, token: string | null): FlagtreeApi {
    return createApi({
      url,
      token: token ?? null,
      transport: this.connection.transport,
      timeoutMs: this.options.timeoutMs,
      env: {},
    });
  }

  /** All environments; asked for once. */
  environments(): Promise<Environment[]> {
    return (this.known ??= this.api().then((api) => api.environments.list({ limit: 200 }).toArray()));
  }

  close(): void {
    this.connection.close();
  }
}
