import { requirementsOf } from '../compile/compile-environment.js';
import type { Snapshot } from '../compile/snapshot.js';
import { endlessPrerequisites } from '../state/prerequisites.js';
import { DocumentFlags } from './document-flags.js';
import type { SnapshotDocument } from './snapshot-document.js';

/**
 * What a document says, ready to evaluate: for every context the same as where the document was made. A flag is compiled when it is first
 * asked for. What is the same as in `previous`, an earlier document of the same environment, is taken from there; a flag that cannot be
 * read goes on as it was last used there. The document is kept, and must not be changed.
 */
export function snapshotOf(document: SnapshotDocument, previous?: Snapshot): Snapshot {
  const isEarlier = previous instanceof DocumentSnapshot && previous.environment === document.environment;
  return new DocumentSnapshot(document, isEarlier ? previous.flags : undefined);
}

class DocumentSnapshot implements Snapshot {
  readonly environment: string;
  readonly aliases: readonly string[];
  readonly chain: readonly string[];
  readonly revision: number;
  readonly etag: string;
  readonly flags: DocumentFlags;
  private knownEndless: ReadonlySet<string> | undefined;

  constructor(document: SnapshotDocument, before: DocumentFlags | undefined) {
    this.environment = document.environment;
    this.aliases = document.aliases;
    this.chain = document.chain;
    this.revision = document.revision;
    this.etag = document.etag;
    this.flags = new DocumentFlags(document, before);
  }

  get endless(): ReadonlySet<string> {
    this.knownEndless ??= endlessPrerequisites(requirementsOf(this.flags.withPrerequisites()));
    return this.knownEndless;
  }
}
