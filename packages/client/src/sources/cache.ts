import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.js';
import { decodeText } from '../snapshot/decode.js';
import type { HeldDocument } from '../snapshot/held-document.js';

const BETWEEN_WRITES_MS = 10_000;
const MAGIC = 'flagtree-cache-1';

interface Options {
  readonly directory: string;
  /** What tells this client's data from that of others: server, environment and the token's id. */
  readonly identity: readonly string[];
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly failed: (message: string) => void;
}

/**
 * What is known, kept on disk for a start without a server: the last one and the one before it. Whatever the disk does, nothing else is worse for
 * it. Other processes may keep theirs in the same files: each is written whole, and the newer revision wins.
 */
export class Cache {
  private readonly path: string;
  private waiting: HeldDocument | null = null;
  private writing: Promise<void> | null = null;
  private timer: (() => void) | null = null;
  private lastWrite = -Infinity;
  private hasFailed = false;

  constructor(private readonly options: Options) {
    const name = createHash('sha256').update(JSON.stringify(options.identity)).digest('hex');
    this.path = join(options.directory, `${name}.json`);
  }

  /** The newest that can be read; null: there is none. Never rejects. */
  async read(): Promise<HeldDocument | null> {
    return (await this.readFrom(this.path)) ?? (await this.readFrom(`${this.path}.1`));
  }

  /** Soon, and not more often than every 10 s: then what is newest. */
  keep(document: HeldDocument): void {
    this.waiting = document;
    if (this.writing !== null || this.timer !== null) return;
    const { clock } = this.options;
    const wait = Math.max(0, this.lastWrite + BETWEEN_WRITES_MS - clock.monotonic());
    this.timer = clock.after(wait, () => {
      this.timer = null;
      void this.begin();
    });
  }

  /** Writes what waits. Never rejects. */
  async flush(): Promise<void> {
    await this.writing;
    this.timer?.();
    this.timer = null;
    await this.begin();
  }

  private begin(): Promise<void> {
    this.writing ??= this.write().then(() => {
      this.writing = null;
      if (this.waiting) this.keep(this.waiting);
    });
    return this.writing;
  }

  private async write(): Promise<void> {
    const document = this.waiting;
    this.waiting = null;
    if (document === null) return;
    this.lastWrite = this.options.clock.monotonic();
    const draft = `${this.path}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
    try {
      await mkdir(this.options.directory, { recursive: true, mode: 0o700 });
      const there = await this.readFrom(this.path, true);
      if (there && there.etag === document.etag && there.revision >= document.revision) return;
      await writeWhole(draft, document);
      if (there) await rename(this.path, `${this.path}.1`);
      await rename(draft, this.path);
    } catch (error) {
      this.fail(`What is known cannot be kept in ${this.options.directory}: ${(error as Error).message}`);
      await rm(draft, { force: true }).catch(() => undefined);
    }
  }

  /** A disk that does not work is told of once. */
  private fail(message: string): void {
    if (!this.hasFailed) this.options.failed(message);
    this.hasFailed = true;
  }

  private async readFrom(path: string, quietly = false): Promise<HeldDocument | null> {
    try {
      const text = await readOwn(path, this.options.maxBytes);
      const [head, body] = splitAt(text, text.indexOf('\n'));
      if (head !== `${MAGIC} ${digestOf(body)}`) throw new Error('it is not as it was written');
      const decoded = decodeText(body);
      if ('refused' in decoded) throw new Error(decoded.refused);
      return decoded.document;
    } catch (error) {
      const isThere = (error as NodeJS.ErrnoException).code !== 'ENOENT';
      if (isThere && !quietly) this.fail(`${path} is passed over: ${(error as Error).message}`);
      return null;
    }
  }
}

/** Not through a link, and only what belongs to this user: others could plant flags. */
async function readOwn(path: string, maxBytes: number): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { uid, size } = await file.stat();
    if (process.getuid !== undefined && uid !== process.getuid()) throw new Error('it belongs to another user');
    if (size > maxBytes) throw new Error(`it has more than ${maxBytes} bytes`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

async function writeWhole(path: string, document: HeldDocument): Promise<void> {
  const body = JSON.stringify(document);
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${MAGIC} ${digestOf(body)}\n${body}`);
    await file.sync();
  } finally {
    await file.close();
  }
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const splitAt = (text: string, index: number): [string, string] => [text.slice(0, Math.max(0, index)), text.slice(index + 1)];
