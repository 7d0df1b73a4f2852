import { Injectable } from '@nestjs/common';
import { type Segment, type Snapshot, snapshotDocument } from '@flagtree/engine';

/** Snapshots as JSON, in UTF-8: each is written out once, and its bytes are shared by all to whom they are on their way. */
@Injectable()
export class SnapshotDocuments {
  private readonly documents = new WeakMap<Snapshot, Buffer>();

  /** `segments` are those of the same revision. */
  bytes(snapshot: Snapshot, segments: ReadonlyMap<string, Segment>): Buffer {
    let document = this.documents.get(snapshot);
    if (document === undefined) {
      document = Buffer.from(JSON.stringify(snapshotDocument(snapshot, segments)));
      this.documents.set(snapshot, document);
    }
    return document;
  }
}
