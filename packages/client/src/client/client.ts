import { millisecondsOf } from '../duration.js';
import { NotReadyError } from '../errors.js';
import { hold } from './hold.js';
import { Lifecycle } from './lifecycle.js';
import { remarksOn } from '../overrides/names.js';
import { type Parts, partsOf, type Process } from './parts.js';
import { definitionDifferences } from '../snapshot/definition-differences.js';
import { Reader } from '../reading/reader.js';
import { resolvedFlag } from '../snapshot/resolved-flag.js';
import { within } from '../reading/scope.js';
import { settle } from '../settings/settings.js';
import type { HeldDocument } from '../snapshot/held-document.js';
import { readBootstrap } from '../sources/bootstrap.js';
import { Cache } from '../sources/cache.js';
import { Follower } from '../sources/follower.js';
import { statsOf } from './stats.js';
import { type Connection, Server } from '../transport/server.js';
import type { ClientEvents, FlagtreeClient, ResolvedFlag, Status } from '../types/client.js';
import type { TrackDetails } from '../types/exposures.js';
import type { AnyFlags, FlagSet } from '../types/flags.js';
import type { Context, Duration, Json } from '../types/json.js';
import type { ClientOptions } from '../types/options.js';
import type { FlagReader } from '../types/reader.js';
import type { Stats } from '../types/stats.js';

const READY_MS = 3_000;
const CLOSE_MS = 2_000;
/** Of the overrides in one line of the log. */
const MOST_NAMED = 20;

/** A client in a process that somebody describes. @throws {ConfigurationError} */
export function createClientIn<F extends FlagSet = AnyFlags>(around: Process, options: ClientOptions<F>): FlagtreeClient<F> {
  const settings = settle(options, around.variables);
  const bootstrap = readBootstrap(settings.bootstrap);
  const { clock, connect = (...told) => new Server(...told) } = around;
  const client = new Client(partsOf(around, options, settings), connect(settings, clock));
  client.begin(bootstrap);
  return client as unknown as FlagtreeClient<F>;
}

class Client extends Reader implements FlagtreeClient<AnyFlags> {
  private readonly follower: Follower;
  private readonly life: Lifecycle;
  private closing: Promise<void> | null = null;
  private remarked = false;
  private cache: Cache | null = null;
  /** What the cache has, or will have soon. */
  private kept: HeldDocument | null = null;

  constructor(
    private readonly parts: Parts,
    private readonly server: Connection,
  ) {
    super(parts.store, parts.kit);
    this.follower = new Follower({ ...parts, server, attempted: () => { this.attempted(); } }); // prettier-ignore
    this.life = new Lifecycle(parts, this.follower);
  }

  begin(bootstrap: ReturnType<typeof readBootstrap>): void {
    this.tellOverrides();
    if (bootstrap !== null) this.startWith(bootstrap, 'bootstrap');
    if (this.parts.settings.cache === null) this.follower.start();
    else void this.recall(this.parts.settings.cache).then(() => { this.follower.start(); }); // prettier-ignore
  }

  async ready({ timeout = READY_MS, required = false }: { timeout?: Duration; required?: boolean } = {}): Promise<Status> {
    const { mode } = this.parts.settings;
    const settled = mode === 'manual' && this.follower.attempts === 0 ? this.follower.ask() : this.life.settled();
    await hold(settled, this.parts.clock, millisecondsOf(timeout) ?? READY_MS);
    const status = this.status();
    if (required && !status.hasData)
      throw new NotReadyError(`There are no flags yet: ${status.lastError ?? 'the server has not answered so far'}`);
    return status;
  }

  async fresh({ maxAge, timeout = READY_MS }: { maxAge: Duration; timeout?: Duration }): Promise<Status> {
    const age = this.life.ageMs();
    const { clock, settings } = this.parts;
    const isYoung = age !== null && age < (millisecondsOf(maxAge) ?? 0);
    if (!isYoung && settings.mode !== 'offline') await hold(this.follower.ask(), clock, millisecondsOf(timeout) ?? READY_MS);
    return this.status();
  }

  pinned(): FlagReader<AnyFlags> {
    return new Reader({ current: this.parts.store.current }, this.parts.kit);
  }

  bind(context: Context): FlagReader<AnyFlags> {
    return new Reader({ current: this.parts.store.current }, this.parts.kit, context);
  }

  run<T>(context: Context, body: () => T): T {
    return within({ context }, body);
  }

  override(key: string, value: Json | undefined): void {
    this.parts.layers.override(key, value);
  }

  chain(): readonly string[] {
    return [...(this.parts.store.document?.chain ?? [])];
  }

  resolved(key: string): ResolvedFlag | null {
    const { document, current } = this.parts.store;
    return document === null || current.snapshot === null ? null : resolvedFlag(current.snapshot, document, key);
  }

  track(event: string, details: TrackDetails = {}, context?: Context): void {
    this.parts.exposures.track(event, details, this.contextFor(context), this.parts.store.current.environment);
  }

  on<E extends keyof ClientEvents>(event: E, listener: (event: ClientEvents[E]) => void): () => void {
    const leave = this.parts.events.on(event, listener);
    this.parts.exposures.review();
    return () => {
      leave();
      this.parts.exposures.review();
    };
  }

  status(): Status {
    return this.life.status();
  }

  stats(): Stats {
    return statsOf({ ...this.parts, ageMs: this.life.ageMs() });
  }

  async flush(): Promise<void> {
    await hold(this.parts.queue.flush(), this.parts.clock);
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private async end(): Promise<void> {
    this.follower.stop();
    this.life.close();
    await hold(Promise.all([this.parts.queue.flush(), this.cache?.flush()]), this.parts.clock, CLOSE_MS);
    this.parts.queue.close();
  }

  private startWith(document: HeldDocument, provenance: 'bootstrap' | 'cache'): void {
    const verdict = this.parts.store.offer(document, provenance);
    if (verdict.became === 'elsewhere') this.parts.problems.report('environment-mismatch', verdict.message);
    this.attempted();
  }

  /** What was known before this start. Never rejects. */
  private async recall(directory: string): Promise<void> {
    const { settings, clock, problems } = this.parts;
    const { url, environment, maxBytes } = settings;
    const identity = [url?.href ?? '', environment ?? '', await this.server.identity()];
    const failed = (message: string): void => { problems.report('cache', message); }; // prettier-ignore
    this.cache = new Cache({ directory, identity, maxBytes, clock, failed });
    const known = await this.cache.read();
    this.kept = known;
    if (known !== null && !this.life.isClosed) this.startWith(known, 'cache');
  }

  private attempted(): void {
    const { store } = this.parts;
    this.life.review();
    if (store.document === null) return;
    if (!this.remarked) this.remark();
    if (store.provenance === 'server' && store.document !== this.kept) {
      this.kept = store.document;
      this.cache?.keep(store.document);
    }
  }

  /** Whoever looks for the reason of an answer finds it in the log. */
  private tellOverrides(): void {
    const active = this.parts.layers.list();
    if (active.length === 0) return;
    const names = active.slice(0, MOST_NAMED).map(({ name, from }) => (from === 'process' ? name : `${name} (${from})`));
    const rest = active.length - names.length;
    this.parts.problems.log(
      'warn',
      `Flags are overridden in this process: ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`,
    );
  }

  /** Once it is known what there is: variables that stand for several flags, or for none, and definitions that do not fit. */
  private remark(): void {
    this.remarked = true;
    const { layers, store, problems, kit, production } = this.parts;
    for (const message of remarksOn(layers.variables(), store.current.keys())) problems.report('override', message);
    if (production || store.document === null) return;
    for (const message of definitionDifferences(kit.definitions, store.document)) problems.report('definition', message);
  }
}
