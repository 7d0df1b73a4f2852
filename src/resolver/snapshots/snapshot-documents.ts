import { Injectable } from '@nestjs/common';
import { perObject, type Snapshot, snapshotDocument } from '@flagtree/engine';
import { etagOfText } from '../../platform/http/management/etag.js';

export interface WrittenDocument {
  bytes: Buffer;
  /** As the header has it, in quotes. */
  etag: string;
}

/** Snapshots as JSON, in UTF-8: each is written out once, and its bytes are shared by all to whom they are on their way. */
@Injectable()
export class SnapshotDocuments {
  readonly plain = perObject((snapshot: Snapshot): WrittenDocument => ({
    bytes: Buffer.from(JSON.stringify(snapshotDocument(snapshot))),
    etag: `"${snapshot.etag}"`,
  }));

  /** With what people want to know. It can change while nothing does that is evaluated: so its etag is one of its own. */
  readonly detailed = perObject((snapshot: Snapshot): WrittenDocument => {
    const document = snapshotDocument(snapshot, { details: true });
    return {
      bytes: Buffer.from(JSON.stringify(document)),
      etag: etagOfText(JSON.stringify({ ...document, revision: null })),
    };
  });
}
