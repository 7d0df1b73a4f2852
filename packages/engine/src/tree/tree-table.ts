import { requirementsOf } from '../compile/compile-environment.js';
import type { CompiledFlag } from '../compile/snapshot.js';
import { addLanes, type Lanes } from '../json/digest.js';
import { endlessPrerequisites } from '../state/prerequisites.js';
import { formIn, type Place } from './flag-forms.js';
import type { ReadableTree } from './tree-parts.js';

/**
 * The flags of all environments that have the same ones: those of a place in the tree, looked up when they are asked for and then kept.
 * It never changes; only the tree that it reads from is exchanged for a later one in which it would be the same.
 */
export class TreeTable implements ReadonlyMap<string, CompiledFlag> {
  readonly size: number;
  private readonly known = new Map<string, CompiledFlag>();
  private sum: Lanes | undefined;
  private endlessHere: ReadonlySet<string> | undefined;

  constructor(
    private tree: ReadableTree,
    readonly place: Place,
  ) {
    this.size = tree.list.length;
  }

  get(key: string): CompiledFlag | undefined {
    const known = this.known.get(key);
    return known === undefined ? this.find(key) : known;
  }

  has(key: string): boolean {
    return this.tree.forms.has(key);
  }

  *keys(): Generator<string, undefined> {
    for (const { flag } of this.tree.list) yield flag.key;
    return undefined;
  }

  *values(): Generator<CompiledFlag, undefined> {
    for (const forms of this.tree.list) yield formIn(forms, this.place);
    return undefined;
  }

  *entries(): Generator<[string, CompiledFlag], undefined> {
    for (const forms of this.tree.list) yield [forms.flag.key, formIn(forms, this.place)];
    return undefined;
  }

  [Symbol.iterator](): Generator<[string, CompiledFlag], undefined> {
    return this.entries();
  }

  forEach(tell: (flag: CompiledFlag, key: string, map: ReadonlyMap<string, CompiledFlag>) => void): void {
    for (const [key, flag] of this.entries()) tell(flag, key, this);
  }

  /** The sum of the digests of the flags: worked out from those that somebody on the way up overrides, since the tree knows that of the bases. */
  get lanes(): Lanes {
    if (this.sum === undefined) {
      let sum = this.tree.baseLanes;
      const overridden = new Set(this.place.flatMap((id) => [...(this.tree.overridden.get(id) ?? [])]));
      for (const key of overridden) sum = exchanged(sum, this.tree.forms.get(key)?.base, this.get(key));
      this.sum = sum;
    }
    return this.sum;
  }

  get endless(): ReadonlySet<string> {
    if (this.tree.broken.size === 0) return this.tree.endless;
    this.endlessHere ??= endlessPrerequisites(requirementsOf(this.values()));
    return this.endlessHere;
  }

  /** In a later tree, where flags under these keys may be others: itself where they are not. */
  in(later: ReadableTree, keys: readonly string[]): TreeTable {
    if (later.list.length === this.size && keys.every((key) => this.get(key) === later.formAt(key, this.place))) {
      this.tree = later;
      return this;
    }
    const next = new TreeTable(later, this.place);
    if (this.sum === undefined) return next;
    let { sum } = this;
    for (const key of keys) sum = exchanged(sum, this.get(key), later.formAt(key, this.place));
    next.sum = sum;
    return next;
  }

  private find(key: string): CompiledFlag | undefined {
    const flag = this.tree.formAt(key, this.place);
    if (flag) this.known.set(key, flag);
    return flag;
  }
}

/** A sum of digests with one flag's exchanged for another's. */
export function exchanged(sum: Lanes, old: CompiledFlag | undefined, now: CompiledFlag | undefined): Lanes {
  if (old === now) return sum;
  const without = old ? addLanes(sum, old.digest, -1) : sum;
  return now ? addLanes(without, now.digest, 1) : without;
}
