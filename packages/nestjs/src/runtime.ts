import type { AnyFlags, Context, FlagtreeClient } from '@flagtree/client';
import { Logger } from '@nestjs/common';
import { EnvironmentClients } from './clients.js';
import { type DetectableRequest, type DetectionSettings, environmentOf } from './engine.js';
import type { ContextSource, FlagtreeModuleOptions } from './options.js';
import { Scope } from './request/scope.js';

/** Where the application keeps it. */
export const RUNTIME = Symbol.for('flagtree.nest.runtime');

const NOBODY: Context = Object.freeze({});
const LATE_MS = 3_000;

/** What one application has of Flagtree: its clients, and how requests are read. */
export class Runtime {
  readonly clients: EnvironmentClients;
  private readonly detection: DetectionSettings | null;
  private readonly logger = new Logger('FlagtreeModule');
  private readonly told = new Set<string>();

  /** @throws {ConfigurationError} */
  constructor(
    readonly options: FlagtreeModuleOptions,
    make: (options: FlagtreeModuleOptions) => FlagtreeClient<AnyFlags>,
  ) {
    const { environments } = options;
    const main = environments?.default ?? options.environment;
    this.detection = environments ? detectionOf(environments) : null;
    this.clients = new EnvironmentClients(
      (environment) => make(environment === undefined ? options : { ...options, environment }),
      main,
      environments,
    );
  }

  /** `ready`: the environment has not been asked for before, and its flags are waited for; null: they are there. */
  scopeFor(detectable: DetectableRequest, request: object): { scope: Scope; ready: Promise<unknown> | null } {
    const name = this.detection === null ? undefined : environmentOf(detectable, this.detection);
    const { client, isNew } = this.clients.of(name);
    const scope = new Scope(this, client, { request });
    return { scope, ready: isNew ? client.ready({ timeout: this.options.readyTimeout ?? LATE_MS }) : null };
  }

  /** Of a message, which names no environment. */
  scopeForMessage(source: ContextSource): Scope {
    return new Scope(this, this.clients.main, source);
  }

  /** Never throws: what cannot be said of somebody is told once, and then it is nobody. */
  contextOf(source: ContextSource): Context {
    try {
      return this.options.context?.(source) ?? NOBODY;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!this.told.has(message) && this.told.size < 100)
        this.logger.error(`The context of a request cannot be told, so its flags are evaluated for nobody: ${message}`);
      this.told.add(message);
      return NOBODY;
    }
  }

  nameOf(client: FlagtreeClient<AnyFlags>): string | null {
    return this.clients.nameOf(client) ?? null;
  }
}

function detectionOf({
  default: name,
  allowed,
  header,
  query,
}: NonNullable<FlagtreeModuleOptions['environments']>): DetectionSettings {
  const names = new Set([name, ...allowed]);
  return {
    default: name,
    detection: true,
    header: header === null ? '' : (header ?? 'X-Environment'),
    queryParam: query === undefined ? 'env' : query,
    isAllowed: (one) => names.has(one),
  };
}
