import { createHash, type KeyObject, sign, verify } from 'node:crypto';

/** The head of the audit log at a moment, signed: whoever rewrites or cuts off what is before it cannot make it fit again. */
export interface Anchor {
  /** The id of the newest entry, its revision, and its hash (hex), which covers everything before it. */
  entry: number;
  revision: number;
  hash: string;
  /** When this was signed. */
  at: string;
}

export interface SignedAnchor extends Anchor {
  /** SHA-256 (hex) of the line before; zeros in the first. */
  previous: string;
  /** Ed25519, base64, over the JSON of the line without this member. */
  signature: string;
}

export const NO_LINE = '0'.repeat(64);

export const digestOfLine = (line: string) => createHash('sha256').update(line).digest('hex');

/** One line of the anchor file, without its line end. */
export function writeAnchor({ entry, revision, hash, at }: Anchor, previousLine: string | null, key: KeyObject): string {
  const previous = previousLine === null ? NO_LINE : digestOfLine(previousLine);
  const signed = JSON.stringify({ entry, revision, hash, at, previous });
  return `${signed.slice(0, -1)},"signature":"${sign(null, Buffer.from(signed), key).toString('base64')}"}`;
}

export interface ReadAnchors {
  /** Those whose lines can be read, whether or not something is wrong with them. */
  anchors: SignedAnchor[];
  /** What is wrong with the file itself, line by line. */
  defects: string[];
}

/** Reads the file's text and checks every signature, and that no line is missing before the last. */
export function readAnchors(text: string, key: KeyObject): ReadAnchors {
  const anchors: SignedAnchor[] = [];
  const defects: string[] = [];
  let before: string | null = null;
  for (const [index, written] of text.split('\n').slice(0, -1).entries()) {
    const line = behindTornLine(written, before);
    const named = `Line ${String(index + 1)} of the anchors`;
    const anchor = parse(line);
    if (!anchor) defects.push(`${named} cannot be read`);
    else {
      const { signature: _signature, ...signed } = anchor;
      if (!isSigned(anchor, key)) defects.push(`${named} was not signed with this server's key`);
      if (signed.previous !== (before === null ? NO_LINE : digestOfLine(before)))
        defects.push(`${named} does not follow the line before it`);
      anchors.push(anchor);
    }
    before = line;
  }
  return { anchors, defects };
}

function isSigned({ signature, ...signed }: SignedAnchor, key: KeyObject): boolean {
  return verify(null, Buffer.from(JSON.stringify(signed)), key, Buffer.from(signature, 'base64'));
}

/** What a single line says; null where it was not signed with that key. */
export function signedAnchor(line: string, key: KeyObject): SignedAnchor | null {
  const anchor = parse(line);
  return anchor && isSigned(anchor, key) ? anchor : null;
}

/**
 * Earlier versions wrote a line behind the half of one that a full disk had cut off. The half is no forgery: it is passed over where it is the
 * beginning of an anchor and the rest follows the line before it.
 */
function behindTornLine(line: string, before: string | null): string {
  const at = line.lastIndexOf(BEGIN);
  if (at <= 0 || !line.startsWith(BEGIN.slice(0, at))) return line;
  const rest = line.slice(at);
  return parse(rest)?.previous === (before === null ? NO_LINE : digestOfLine(before)) ? rest : line;
}

const BEGIN = '{"entry":';

/** The newest line, without the half of one that may stand before it; null when there is none. */
export function lastAnchorIn(lines: readonly string[]): string | null {
  let before: string | null = null;
  for (const line of lines) before = behindTornLine(line, before);
  return before;
}

function parse(line: string): SignedAnchor | null {
  try {
    const { entry, revision, hash, at, previous, signature } = JSON.parse(line) as Partial<SignedAnchor>;
    const numbers = [entry, revision].every(Number.isSafeInteger);
    const texts = [hash, at, previous, signature].every((value) => typeof value === 'string');
    return numbers && texts ? ({ entry, revision, hash, at, previous, signature } as SignedAnchor) : null;
  } catch {
    return null;
  }
}
