import type { CompiledFlag, Snapshot } from './snapshot.js';

/** The table with other flags under some of its keys. Neither the keys nor their order change, and the table stays as it is. */
export function withFlags(table: Snapshot['flags'], changed: ReadonlyMap<string, CompiledFlag>): Snapshot['flags'] {
  if (!(table instanceof PatchedFlags)) return new PatchedFlags(table, changed);
  return table.patchedWith(changed);
}

const MOST_CHANGES = 64;
const USES_UNTIL_COPIED = 1000;
const USES_OF_A_WALK = 300;

/**
 * A table and what has changed in it since. Copying ten thousand flags for one that changed, in each environment, is most of the work of a
 * change: so it is only done once somebody has use for it.
 */
class PatchedFlags implements ReadonlyMap<string, CompiledFlag> {
  readonly size: number;
  private whole: ReadonlyMap<string, CompiledFlag> | undefined;
  private uses = 0;

  constructor(
    private readonly base: ReadonlyMap<string, CompiledFlag>,
    private readonly changed: ReadonlyMap<string, CompiledFlag>,
  ) {
    this.size = base.size;
  }

  patchedWith(more: ReadonlyMap<string, CompiledFlag>): PatchedFlags {
    if (this.whole) return new PatchedFlags(this.whole, more);
    const changed = new Map([...this.changed, ...more]);
    return new PatchedFlags(
      ...(changed.size > MOST_CHANGES ? ([this.copied(), more] as const) : ([this.base, changed] as const)),
    );
  }

  get(key: string): CompiledFlag | undefined {
    if (this.whole) return this.whole.get(key);
    this.used(1);
    return this.changed.get(key) ?? this.base.get(key);
  }

  has(key: string): boolean {
    return this.base.has(key);
  }

  keys(): MapIterator<string> {
    return this.base.keys();
  }

  values(): MapIterator<CompiledFlag> {
    this.used(USES_OF_A_WALK);
    return this.whole ? this.whole.values() : this.walk((_key, flag) => flag);
  }

  entries(): MapIterator<[string, CompiledFlag]> {
    this.used(USES_OF_A_WALK);
    return this.whole ? this.whole.entries() : this.walk((key, flag) => [key, flag]);
  }

  [Symbol.iterator](): MapIterator<[string, CompiledFlag]> {
    return this.entries();
  }

  forEach(tell: (flag: CompiledFlag, key: string, map: ReadonlyMap<string, CompiledFlag>) => void): void {
    for (const [key, flag] of this.entries()) tell(flag, key, this);
  }

  private *walk<T>(item: (key: string, flag: CompiledFlag) => T): Generator<T, undefined> {
    for (const [key, flag] of this.base) yield item(key, this.changed.get(key) ?? flag);
    return undefined;
  }

  private used(uses: number): void {
    this.uses += uses;
    if (this.uses > USES_UNTIL_COPIED) this.copied();
  }

  private copied(): ReadonlyMap<string, CompiledFlag> {
    if (!this.whole) {
      const whole = new Map(this.base);
      for (const [key, flag] of this.changed) whole.set(key, flag);
      this.whole = whole;
    }
    return this.whole;
  }
}
