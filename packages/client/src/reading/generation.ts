import type { Snapshot } from '../engine.js';
import type { ReadingKit } from './reading-kit.js';
import { Slot } from './slot.js';

/** Keys that are no flags, which callers can make any number of. */
const MOST_STRAYS = 1_000;

/** The flags at one revision, and what was found out about them when they were asked for. */
export class Generation {
  readonly environment: string | null;
  readonly revision: number | null;
  private readonly slots = new Map<string, Slot>();
  private strays = 0;

  constructor(
    readonly snapshot: Snapshot | null,
    private readonly kit: ReadingKit,
  ) {
    this.environment = snapshot?.environment ?? null;
    this.revision = snapshot?.revision ?? null;
  }

  slot(key: string): Slot {
    return this.slots.get(key) ?? this.make(key);
  }

  private make(key: string): Slot {
    const { definitions } = this.kit;
    const definition = Object.hasOwn(definitions, key) ? definitions[key] : undefined;
    const slot = new Slot(key, this.snapshot, definition, this.kit);
    const isStray = slot.isMissing && definition === undefined;
    if (!isStray || this.strays++ < MOST_STRAYS) this.slots.set(key, slot);
    return slot;
  }

  /** All keys that the server or the code knows, or that are overridden. */
  keys(): Set<string> {
    return new Set([...(this.snapshot?.flags.keys() ?? []), ...Object.keys(this.kit.definitions), ...this.kit.layers.keys()]);
  }
}
