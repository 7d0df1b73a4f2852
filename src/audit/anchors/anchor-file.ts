import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { AppendFile } from '../../platform/data-directory/append-file.js';
import type { DataDirectory } from '../../platform/data-directory/data-directory.js';
import { type Anchor, lastAnchorIn, readAnchors, type ReadAnchors, type SignedAnchor, writeAnchor } from './anchor.js';
import { serverOf } from './witness-file.js';
import type { Witnessed } from './witness.queries.js';

export const ANCHORS = 'audit-anchors.jsonl';
export const ANCHOR_KEY = 'audit-anchor-key';
export const ANCHOR_PUBLIC_KEY = 'audit-anchor-key.pub';

/** The signed anchors of the data directory: a line each, appended and synced, never rewritten. */
export class AnchorFile {
  private constructor(
    private readonly path: string,
    private readonly file: AppendFile,
    private readonly key: KeyObject,
    private lastLine: string | null,
    private lines: number,
  ) {}

  static async open(directory: DataDirectory): Promise<AnchorFile> {
    const path = join(directory.path, ANCHORS);
    const text = await wholeLines(path);
    const lines = text.split('\n').slice(0, -1);
    const file = new AppendFile(path, Buffer.byteLength(text));
    return new AnchorFile(path, file, await keyOf(directory), lastAnchorIn(lines), lines.length);
  }

  /** Does nothing when the newest anchor is of this very head. */
  async append(head: Omit<Anchor, 'at'>, now: Date): Promise<Anchor | null> {
    const last = this.newest;
    if (last?.entry === head.entry && last.hash === head.hash) return null;
    const anchor = { ...head, at: now.toISOString() };
    const line = writeAnchor(anchor, this.lastLine, this.key);
    await this.file.append(line);
    this.lastLine = line;
    this.lines++;
    return anchor;
  }

  /** The newest anchor with the key that verifies it, for others to see; null before the first. */
  get shown(): Witnessed | null {
    if (this.lastLine === null) return null;
    const publicKey = createPublicKey(this.key);
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    return { server: serverOf(publicKey), publicKey: pem, line: this.lastLine };
  }

  /** By the name that it has among others. */
  get server(): string {
    return serverOf(createPublicKey(this.key));
  }

  /** As the process knows it; null before the first. */
  get newest(): Anchor | null {
    return this.lastLine === null ? null : (JSON.parse(this.lastLine) as Anchor);
  }

  /** Whether it has that line. */
  async holds(line: string): Promise<boolean> {
    return line === this.lastLine || (await readText(this.path)).split('\n').includes(line);
  }

  /** As the file on the disk is now; `shown`: what this server is known to have signed, by itself and by others. */
  async read(shown: readonly SignedAnchor[] = []): Promise<ReadAnchors> {
    const text = this.file.withoutTornEnd(await readText(this.path));
    const { anchors, defects } = readAnchors(text, createPublicKey(this.key));
    const missing = this.lines - (text.split('\n').length - 1);
    if (missing > 0)
      defects.push(`The file of the anchors has lost ${String(missing)} of its lines since this server wrote them`);
    const signatures = new Set(anchors.map(({ signature }) => signature));
    for (const { entry, signature, at } of shown)
      if (!signatures.has(signature))
        defects.push(`The file of the anchors has lost the one of entry ${String(entry)}, which this server signed at ${at}`);
    return { anchors, defects };
  }
}

/** A crash may leave a last line without its end, which nobody was told of: it is taken away. */
async function wholeLines(path: string): Promise<string> {
  const text = await readText(path);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) await truncate(path, Buffer.byteLength(whole));
  return whole;
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
}

/** The key of this data directory; made, with its public half beside it, where there is none. */
async function keyOf(directory: DataDirectory): Promise<KeyObject> {
  const stored = await directory.readSecret(ANCHOR_KEY);
  if (stored !== null) return createPrivateKey(stored);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  await directory.writeSecret(ANCHOR_PUBLIC_KEY, publicKey.export({ type: 'spki', format: 'pem' }).toString());
  await directory.writeSecret(ANCHOR_KEY, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  return privateKey;
}
