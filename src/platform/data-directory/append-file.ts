import { open } from 'node:fs/promises';

/**
 * A file of whole lines to which one process appends. A disk that fills up in the middle of a line leaves a part of it: the part is taken
 * away at once where that is possible, and before the next line otherwise, so that a line never stands behind half of another one.
 */
export class AppendFile {
  /** What the last append may have left behind the known end, because it failed; empty when it did not. */
  private attempted = '';

  /** `bytes` is the length of the whole lines that are there. */
  constructor(
    private readonly path: string,
    private bytes: number,
  ) {}

  /** The line is on the disk when the promise is fulfilled; when it is rejected, nothing of it counts. */
  async append(line: string): Promise<void> {
    const text = `${line}\n`;
    const file = await open(this.path, 'a', 0o600);
    try {
      if (this.attempted !== '') await this.takeAwayTornEnd(file);
      this.attempted = text;
      await file.writeFile(text);
      await file.sync();
      this.attempted = '';
      this.bytes += Buffer.byteLength(text);
    } catch (error) {
      await this.takeAwayTornEnd(file).catch(() => undefined); // the next append tries again
      throw error;
    } finally {
      await file.close();
    }
  }

  /** The text without what a failed append has left at its end. What others have written there stays. */
  withoutTornEnd(text: string): string {
    const bytes = Buffer.from(text);
    const end = bytes.subarray(this.bytes);
    return this.isOurs(end) ? bytes.subarray(0, this.bytes).toString() : text;
  }

  private async takeAwayTornEnd(file: Awaited<ReturnType<typeof open>>): Promise<void> {
    const { size } = await file.stat();
    if (size <= this.bytes) {
      this.attempted = '';
      return;
    }
    const reader = await open(this.path, 'r');
    try {
      const { buffer, bytesRead } = await reader.read(Buffer.alloc(size - this.bytes), 0, size - this.bytes, this.bytes);
      if (!this.isOurs(buffer.subarray(0, bytesRead))) return;
    } finally {
      await reader.close();
    }
    await file.truncate(this.bytes);
    this.attempted = '';
  }

  private isOurs(end: Buffer): boolean {
    return end.length > 0 && this.attempted !== '' && Buffer.from(this.attempted).subarray(0, end.length).equals(end);
  }
}
