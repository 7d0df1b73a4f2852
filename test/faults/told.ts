import { isDeepStrictEqual } from 'node:util';
import type { StreamEvent } from '../streaming/reader.js';

type Flags = Record<string, unknown>;

/**
 * What one client was told of one environment, held against what must hold of every such history: revisions only increase, nothing is told
 * twice, a gap is admitted by an explicit reset with a snapshot after it, and every change is told by its keys. Keeps no events.
 */
export class Told {
  readonly violations: string[] = [];
  lastId = 0;
  lastName = '';
  lastTag: unknown;
  events = 0;
  resets = 0;
  private snapshot: Flags | null = null;
  private readonly changed = new Set<string>();
  private isReset = false;

  hear({ event, id, name, data }: StreamEvent): void {
    this.events++;
    if (event === 'snapshot') this.begin(id, data as { flags: Flags });
    else if (event === 'reset') this.forget();
    else if (event === 'change') this.follow(id, data as { keys: string[] });
    else this.object(`an event "${event}"`);
    this.lastId = id;
    this.lastName = name;
    this.lastTag = event === 'reset' ? null : (data as { etag: string }).etag;
  }

  /** Flags that are not as in the last snapshot, and that no event has named since. */
  missed(now: Flags): string[] {
    const before = this.snapshot ?? {};
    const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
    return [...keys].filter((key) => !this.changed.has(key) && !isDeepStrictEqual(before[key], now[key]));
  }

  private begin(id: number, { flags }: { flags: Flags }): void {
    if (this.snapshot && !this.isReset) this.object(`a snapshot of ${String(id)} without a reset`);
    this.snapshot = flags;
    this.changed.clear();
    this.isReset = false;
  }

  private forget(): void {
    this.resets++;
    this.isReset = true;
  }

  private follow(id: number, { keys }: { keys: string[] }): void {
    if (!this.snapshot || this.isReset) this.object(`change ${String(id)} before any snapshot`);
    if (id <= this.lastId) this.object(`change ${String(id)} after ${String(this.lastId)}`);
    if (keys.length === 0) this.object(`change ${String(id)} of nothing`);
    for (const key of keys) this.changed.add(key);
  }

  private object(what: string): void {
    this.violations.push(what);
  }
}
