import type { AnyFlags } from '../types/flags.js';
import type { Context, Json } from '../types/json.js';
import type { Details, FlagReader } from '../types/reader.js';
import type { Answer } from './answer.js';
import { detailsOf } from './details.js';
import type { Generation } from './generation.js';
import { type Kind, kindOf, ZERO } from './kinds.js';
import type { ReadingKit } from './reading-kit.js';
import type { Slot } from './slot.js';

const NOBODY: Context = Object.freeze({});

/** Answers calls from what is current, beneath each call's context an own one where it is bound to one. */
export class Reader implements FlagReader<AnyFlags> {
  constructor(
    private readonly source: { readonly current: Generation },
    private readonly kit: ReadingKit,
    private readonly bound: Context | null = null,
  ) {}

  boolean(key: string, fallback?: boolean, context?: Context): boolean {
    const slot = this.source.current.slot(key);
    const { value, cause } = this.ask(slot, 'boolean', context);
    return typeof value === 'boolean' ? value : this.fallBack(slot, 'boolean', fallback, cause);
  }

  string(key: string, fallback?: string, context?: Context): string {
    const slot = this.source.current.slot(key);
    const { value, cause } = this.ask(slot, 'string', context);
    return typeof value === 'string' ? value : this.fallBack(slot, 'string', fallback, cause);
  }

  number(key: string, fallback?: number, context?: Context): number {
    const slot = this.source.current.slot(key);
    const { value, cause } = this.ask(slot, 'number', context);
    return typeof value === 'number' ? value : this.fallBack(slot, 'number', fallback, cause);
  }

  json<T = Json>(key: string, fallback?: T, context?: Context): T {
    const slot = this.source.current.slot(key);
    const { value, cause } = this.ask(slot, 'json', context);
    return value === undefined ? this.fallBack(slot, 'json', fallback, cause) : (value as T);
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- without definitions nothing is known of the type
  get(key: string, context?: Context): any {
    const slot = this.source.current.slot(key);
    const kind = slot.definition?.type ?? 'any';
    const { value, cause } = this.ask(slot, kind, context);
    return value === undefined ? this.fallBack<unknown>(slot, kind, undefined, cause) : value;
  }

  variant(key: string, context?: Context): string | null {
    return this.ask(this.source.current.slot(key), 'any', context).variant;
  }

  details<T>(key: string, fallback: T, context?: Context): Details<T> {
    const { current } = this.source;
    const slot = current.slot(key);
    const kind = kindOf(fallback);
    const answer = this.ask(slot, kind, context);
    const value = answer.value === undefined ? this.fallBack(slot, kind, fallback, answer.cause) : (answer.value as T);
    return detailsOf(slot, answer, value, current);
  }

  all(context?: Context, only: { readonly keys?: readonly string[] } = {}): Record<string, Details<Json>> {
    const { current } = this.source;
    const details = Object.create(null) as Record<string, Details<Json>>;
    const place = this.contextFor(context);
    for (const key of only.keys ?? current.keys()) {
      const slot = current.slot(key);
      const answer = this.answer(slot, slot.definition?.type ?? 'any', place);
      const { value = slot.definition?.fallback ?? null } = answer;
      details[key] = detailsOf(slot, answer, value as Json, current);
    }
    return details;
  }

  private ask(slot: Slot, kind: Kind, context: Context | undefined): Answer {
    const { kit } = this;
    const place = this.contextFor(context);
    const answer = this.answer(slot, kind, place);
    answer.counter.count++;
    if (kit.witness.active) kit.witness.see(slot.key, answer, place, this.source.current);
    if (kit.asked !== undefined)
      kit.asked(slot.key, answer.source !== 'default' || !slot.isMissing || slot.definition !== undefined);
    return answer;
  }

  private answer(slot: Slot, kind: Kind, context: Context): Answer {
    if (this.kit.ambient.used) {
      const told = this.kit.ambient.current()?.values?.get(slot.key);
      if (told !== undefined) return slot.told(kind, told);
    }
    return slot.answer(kind, context);
  }

  protected contextFor(context: Context | undefined): Context {
    // callers without types pass null
    const own = context ?? undefined;
    if (this.bound !== null) return own === undefined ? this.bound : merged(this.bound, own);
    return own ?? (this.kit.ambient.used ? this.kit.ambient.current()?.context : undefined) ?? NOBODY;
  }

  /** What the call says comes before what the code defines, and that before nothing at all. */
  private fallBack<T>(slot: Slot, kind: Kind, given: T | undefined, cause: string): T {
    this.kit.counters.fellBack(cause);
    if (given !== undefined) return given;
    const { definition } = slot;
    const defined = definition !== undefined && (kind === 'any' || definition.type === kind) ? definition.fallback : undefined;
    return (defined ?? ZERO[kind]) as T;
  }
}

/** What cannot be read is no context: the engine says so. */
function merged(beneath: Context, own: Context): Context {
  try {
    return { ...beneath, ...own };
  } catch {
    return null as never;
  }
}
