import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { perObject, type Snapshot, snapshotDocument } from '@flagtree/engine';
import { etagOfText } from '../../platform/http/management/etag.js';

/** Snapshots as JSON, in UTF-8: each is written out once, and its bytes are shared by all to whom they are on their way. */
@Injectable()
export class SnapshotDocuments {
  readonly plain = perObject(
    (snapshot: Snapshot) => new WrittenDocument(`"${snapshot.etag}"`, () => JSON.stringify(snapshotDocument(snapshot))),
  );

  /** With what people want to know. It can change while nothing does that is evaluated: so its etag is one of its own. */
  readonly detailed = perObject((snapshot: Snapshot) => {
    const document = snapshotDocument(snapshot, { details: true });
    return new WrittenDocument(etagOfText(JSON.stringify({ ...document, revision: null })), () => JSON.stringify(document));
  });
}

/** A document as it goes out. Nothing is written or compressed before somebody asks, and then once for all. */
export class WrittenDocument {
  private written: Buffer | undefined;
  private compressed: Promise<Buffer | null> | undefined;

  constructor(
    /** As the header has it, in quotes. */
    readonly etag: string,
    private readonly text: () => string,
  ) {}

  bytes(): Buffer {
    return (this.written ??= Buffer.from(this.text()));
  }

  /** Made off the main thread. Null: compressing it is of no use. */
  gzipped(): Promise<Buffer | null> {
    return (this.compressed ??= this.compress());
  }

  private async compress(): Promise<Buffer | null> {
    const bytes = this.bytes();
    if (bytes.length < LEAST_BYTES) return null;
    const compressed = await gzipped(bytes).catch(() => null);
    return compressed !== null && compressed.length < bytes.length ? compressed : null;
  }
}

/** What fits into one packet is sent as it is. */
const LEAST_BYTES = 1_024;

const gzipped = promisify(gzip);
