/**
 * A map and what is different from it: made in the time that the differences take, however large the map is. `base` is never one of these
 * itself. It walks in the order in which a changed copy would.
 */
export class PatchedMap<V extends object> implements ReadonlyMap<string, V> {
  readonly size: number;

  constructor(
    readonly base: ReadonlyMap<string, V>,
    /** What is under these keys instead. */
    readonly set: ReadonlyMap<string, V>,
    /** What is no longer in its place; one that is in `set` as well has moved to the end. */
    readonly gone: ReadonlySet<string>,
  ) {
    let size = base.size - gone.size;
    for (const key of set.keys()) if (!base.has(key) || gone.has(key)) size++;
    this.size = size;
  }

  get(key: string): V | undefined {
    return this.set.get(key) ?? (this.gone.has(key) ? undefined : this.base.get(key));
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  *entries(): Generator<[string, V], undefined> {
    for (const entry of this.base) {
      const [key] = entry;
      if (this.gone.has(key)) continue;
      const other = this.set.get(key);
      yield other === undefined ? entry : [key, other];
    }
    for (const entry of this.set) if (!this.base.has(entry[0]) || this.gone.has(entry[0])) yield entry;
    return undefined;
  }

  *keys(): Generator<string, undefined> {
    for (const [key] of this.entries()) yield key;
    return undefined;
  }

  *values(): Generator<V, undefined> {
    for (const [, value] of this.entries()) yield value;
    return undefined;
  }

  [Symbol.iterator](): Generator<[string, V], undefined> {
    return this.entries();
  }

  forEach(tell: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this.entries()) tell(value, key, this);
  }
}

/** A map of so many entries is copied: that costs no more than to remember what changed. */
const COPIED_UP_TO = 256;
const LEAST_PATCH = 64;

/** Changes to a map that are still being made. */
export class MapDraft<V extends object> {
  private readonly base: ReadonlyMap<string, V>;
  private readonly set: Map<string, V>;
  private readonly gone: Set<string>;
  private isChanged = false;

  constructor(
    private readonly from: ReadonlyMap<string, V>,
    private readonly copiedUpTo = COPIED_UP_TO,
  ) {
    const patch = from instanceof PatchedMap ? (from as PatchedMap<V>) : undefined;
    this.base = patch?.base ?? from;
    this.set = new Map(patch?.set);
    this.gone = new Set(patch?.gone);
  }

  get(key: string): V | undefined {
    return this.set.get(key) ?? (this.gone.has(key) ? undefined : this.base.get(key));
  }

  put(key: string, value: V): void {
    this.isChanged = true;
    this.set.set(key, value);
  }

  delete(key: string): void {
    this.isChanged = true;
    this.set.delete(key);
    if (this.base.has(key)) this.gone.add(key);
  }

  /** What nothing was done to is the same map as before. */
  finish(): ReadonlyMap<string, V> {
    if (!this.isChanged) return this.from;
    const changes = this.set.size + this.gone.size;
    const { size } = this.base;
    if (size > this.copiedUpTo && changes <= Math.max(LEAST_PATCH, Math.sqrt(size)))
      return new PatchedMap(this.base, this.set, this.gone);
    const copy = new Map(this.base);
    for (const key of this.gone) copy.delete(key);
    for (const [key, value] of this.set) copy.set(key, value);
    return copy;
  }
}

/** The keys under which the maps do not hold the same object. Costs what differs where one map was made from the other. */
export function differingKeys<V extends object>(before: ReadonlyMap<string, V>, after: ReadonlyMap<string, V>): string[] {
  if (before === after) return [];
  if (baseOf(before) === baseOf(after)) return patchedKeys(before, after).filter((key) => before.get(key) !== after.get(key));
  const differing: string[] = [];
  const others = before.entries();
  for (const [key, value] of after) {
    const other = others.next().value;
    if (other?.[1] === value) continue;
    if (other?.[0] !== key) return differingKeysInAnyOrder(before, after);
    differing.push(key);
  }
  for (const [key] of others) differing.push(key);
  return differing;
}

function differingKeysInAnyOrder<V>(before: ReadonlyMap<string, V>, after: ReadonlyMap<string, V>): string[] {
  const differing: string[] = [];
  for (const [key, value] of after) if (before.get(key) !== value) differing.push(key);
  for (const key of before.keys()) if (!after.has(key)) differing.push(key);
  return differing;
}

function patchedKeys(...maps: ReadonlyMap<string, object>[]): string[] {
  const keys = maps.flatMap((map) => (map instanceof PatchedMap ? [...map.set.keys(), ...map.gone] : []));
  return [...new Set(keys)];
}

function baseOf<V extends object>(map: ReadonlyMap<string, V>): ReadonlyMap<string, V> {
  return map instanceof PatchedMap ? (map as PatchedMap<V>).base : map;
}

/**
 * Finds values by what else names them. The index of a map is made once, also for the maps that are made from it by patches; where a name
 * is there several times, the last value counts.
 */
export class IndexBy<V extends object> {
  private readonly known = new WeakMap<ReadonlyMap<string, V>, ReadonlyMap<string, readonly V[]>>();

  constructor(
    private readonly idOf: (value: V) => string,
    private readonly namesOf: (value: V) => readonly string[],
  ) {}

  all(map: ReadonlyMap<string, V>, name: string): readonly V[] {
    if (!(map instanceof PatchedMap)) return this.indexOf(map).get(name) ?? NOTHING;
    const patch = map as PatchedMap<V>;
    const stayed = (this.indexOf(patch.base).get(name) ?? NOTHING).filter((value) => patch.get(this.idOf(value)) === value);
    return [...stayed, ...(this.indexOf(patch.set).get(name) ?? NOTHING)];
  }

  last(map: ReadonlyMap<string, V>, name: string): V | undefined {
    return this.all(map, name).at(-1);
  }

  private indexOf(map: ReadonlyMap<string, V>): ReadonlyMap<string, readonly V[]> {
    let index = this.known.get(map);
    if (!index) this.known.set(map, (index = this.made(map)));
    return index;
  }

  private made(map: ReadonlyMap<string, V>): ReadonlyMap<string, readonly V[]> {
    const index = new Map<string, V[]>();
    for (const value of map.values()) {
      for (const name of this.namesOf(value)) {
        const values = index.get(name);
        if (values) values.push(value);
        else index.set(name, [value]);
      }
    }
    return index;
  }
}

const NOTHING: readonly never[] = [];
