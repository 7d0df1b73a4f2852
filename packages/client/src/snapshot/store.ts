import type { Clock } from '../clock.js';
import { type Snapshot, snapshotOf } from '../engine.js';
import { Generation } from '../reading/generation.js';
import type { ReadingKit } from '../reading/reading-kit.js';
import type { ClientEvents } from '../types/client.js';
import type { HeldDocument } from './held-document.js';
import { changedKeys, keepRows } from './merge.js';
import { ShrinkGuard } from './shrink-guard.js';

export type Provenance = 'server' | 'cache' | 'bootstrap';

/** What became of a document that was offered. */
export type Verdict =
  | { readonly became: 'installed' | 'same' }
  | { readonly became: 'older' }
  | { readonly became: 'elsewhere'; readonly message: string }
  | { readonly became: 'held'; readonly forMs: number; readonly message: string };

interface Options {
  /** The environment that was asked for; null: whichever the server resolves. */
  readonly environment: string | null;
  readonly shrinkGuardMs: number;
  readonly kit: ReadingKit;
  readonly clock: Clock;
  readonly changed: (change: ClientEvents['change']) => void;
}

/** The data in force: one pointer, which is swapped as a whole. */
export class Store {
  current: Generation;
  document: HeldDocument | null = null;
  provenance: Provenance | 'none' = 'none';
  installs = 0;
  lastInstallMs = 0;
  private readonly guard: ShrinkGuard;

  constructor(private readonly options: Options) {
    this.current = new Generation(null, options.kit);
    this.guard = new ShrinkGuard(options.shrinkGuardMs);
  }

  /** `replaced`: the server has another history now, so that revisions cannot be compared. `keys`: those that changed, where that is known. */
  offer(
    document: HeldDocument,
    provenance: Provenance,
    { replaced = false, keys }: { replaced?: boolean; keys?: readonly string[] } = {},
  ): Verdict {
    const begun = this.options.clock.monotonic();
    const message = this.elsewhere(document);
    if (message !== null) return { became: 'elsewhere', message };
    const before = this.document;
    if (before !== null && before.etag === document.etag && before.environment === document.environment) {
      this.provenance = provenance;
      return { became: 'same' };
    }
    const isComparable = provenance !== 'server' || this.provenance !== 'bootstrap';
    if (before !== null && isComparable && !replaced && document.revision < before.revision) return { became: 'older' };
    const forMs = this.guard.holds(before, document, begun);
    if (forMs > 0) return { became: 'held', forMs, message: shrinkage(before as HeldDocument, document) };
    this.install(keepRows(document, before), provenance, keys);
    this.lastInstallMs = this.options.clock.monotonic() - begun;
    return { became: 'installed' };
  }

  private install(document: HeldDocument, provenance: Provenance, keys: readonly string[] | undefined): void {
    const { kit, changed } = this.options;
    const before = this.document;
    const snapshot: Snapshot = snapshotOf(document, this.current.snapshot ?? undefined);
    this.current = new Generation(snapshot, kit);
    this.document = document;
    this.provenance = provenance;
    this.installs++;
    const { environment, revision } = document;
    changed({ environment, revision, keys: keys ?? changedKeys(before, document) });
  }

  private elsewhere({ environment, aliases }: HeldDocument): string | null {
    const { environment: asked } = this.options;
    if (asked === null || asked === environment || aliases.includes(asked)) return null;
    return `The environment "${asked}" was asked for, and "${environment}" was answered: it may be missing from FLAGTREE_ALLOWED_ENVIRONMENTS of the server`;
  }
}

function shrinkage(before: HeldDocument, after: HeldDocument): string {
  const [had, has] = [Object.keys(before.flags).length, Object.keys(after.flags).length];
  return `The server answers ${has} flags where there were ${had}: the last ones stay until that has been so for a while (shrinkGuard)`;
}
