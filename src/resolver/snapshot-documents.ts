import { Injectable } from '@nestjs/common';
import type { Snapshot } from '../engine/snapshot.js';
import type { Segment } from '../engine/types.js';
import { snapshotDocument } from './snapshot-document.js';

/** Snapshots as JSON: each is written out once, however many ask for it. */
@Injectable()
export class SnapshotDocuments {
  private readonly texts = new WeakMap<Snapshot, string>();

  /** `segments` are those of the same revision. */
  text(snapshot: Snapshot, segments: ReadonlyMap<string, Segment>): string {
    let text = this.texts.get(snapshot);
    if (text === undefined) {
      text = JSON.stringify(snapshotDocument(snapshot, segments));
      this.texts.set(snapshot, text);
    }
    return text;
  }
}
