import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../platform/data-directory/atomic-file.js';
import { type SignedAnchor, signedAnchor } from './anchor.js';
import type { Witnessed } from './witness.queries.js';

export const WITNESSED = 'audit-anchors-witnessed.json';

/** Of each server what was seen last. Servers that somebody makes up do not take the places of those that were there. */
const MOST = 1_000;

/** The name of a server among others: SHA-256 (hex) of its public key. */
export function serverOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** Null: it was not signed by the server that it names. */
export function anchorOf({ server, publicKey, line }: Witnessed): SignedAnchor | null {
  try {
    const key = createPublicKey(publicKey);
    return serverOf(key) === server ? signedAnchor(line, key) : null;
  } catch {
    return null;
  }
}

/**
 * The anchors of other servers that this one has seen in the database, in its data directory: who can rewrite the log and what is in the database
 * about it, has to reach every directory. One that is seen takes the place of the last of its server only where that one still fits the log.
 */
export class WitnessFile {
  private constructor(
    private readonly path: string,
    private kept: readonly Witnessed[],
  ) {}

  /** @throws when there is one and it cannot be read: what was witnessed is not to be forgotten in silence. */
  static async open(directory: string): Promise<WitnessFile> {
    const path = join(directory, WITNESSED);
    return new WitnessFile(path, await read(path));
  }

  get all(): readonly Witnessed[] {
    return this.kept;
  }

  /** `fits`: whether the log has that entry with that hash. */
  async see(
    shown: readonly Witnessed[],
    fits: (anchors: readonly SignedAnchor[]) => Promise<ReadonlySet<SignedAnchor>>,
  ): Promise<void> {
    const lines = new Set(this.kept.map(({ line }) => line));
    const fresh = shown.filter(({ line }) => !lines.has(line)).flatMap(withAnchor);
    if (fresh.length === 0) return;
    const earlier = this.kept.flatMap(withAnchor);
    const fitting = await fits([...fresh, ...earlier].map(({ anchor }) => anchor));
    const seen = fresh.filter(({ anchor }) => fitting.has(anchor));
    if (seen.length === 0) return;
    const replaced = new Set(seen.map(({ server }) => server));
    const known = new Set(earlier.map(({ server }) => server));
    const stay = earlier.filter(({ server, anchor }) => !replaced.has(server) || !fitting.has(anchor));
    const next = [...stay, ...seen.filter(({ server }) => known.has(server)), ...seen.filter(({ server }) => !known.has(server))]
      .slice(0, MOST)
      .map(({ anchor: _anchor, ...witnessed }) => witnessed);
    await writeFileAtomically(this.path, `${JSON.stringify(next, null, 1)}\n`, 0o600);
    this.kept = next;
  }
}

/** With what was signed; nothing where that is not so. */
export function withAnchor(witnessed: Witnessed): (Witnessed & { anchor: SignedAnchor })[] {
  const anchor = anchorOf(witnessed);
  return anchor ? [{ ...witnessed, anchor }] : [];
}

async function read(path: string): Promise<Witnessed[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '[]';
    throw error;
  });
  return JSON.parse(text) as Witnessed[];
}
