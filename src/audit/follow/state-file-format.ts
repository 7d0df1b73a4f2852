import { createHash } from 'node:crypto';
import { type Interruptible, type JsonObject, rowOf, type State, stateFromRows } from '@flagtree/engine';
import type { LogPosition } from './log-position.js';

/** All that a server needs to evaluate without its database. */
export interface KeptState {
  position: LogPosition;
  /** As they are stored: digests, no secrets. */
  tokens: readonly JsonObject[];
}

const FORMAT = 'flagtree-state/1';

interface StateFileHeader {
  format: string;
  revision: number;
  writtenAt: string;
  /** Hex, of the line below. */
  sha256: string;
}

interface Body {
  revision: number;
  lastEntry: number;
  hash: string | null;
  environments: JsonObject[];
  flags: JsonObject[];
  overrides: JsonObject[];
  segments: JsonObject[];
  tokens: readonly JsonObject[];
}

/** How much of it is put together before it is hashed, and written at once: a few milliseconds' work. */
const PIECE = 65_536;

/**
 * Two lines of JSON: what is below, and the rows as the database has them, so that a later version reads them as it reads those. In pieces,
 * and made a little at a time: a large state is tens of megabytes.
 */
export function* slicedKeptText({ position, tokens }: KeptState, writtenAt: Date): Interruptible<string[]> {
  const { state, lastEntry, hash } = position;
  const pieces: string[] = [];
  const digest = createHash('sha256');
  let piece = '';
  const finishPiece = () => {
    digest.update(piece);
    pieces.push(piece);
    piece = '';
  };
  for (const part of bodyParts({ revision: state.revision, lastEntry, hash }, listsOf(state, tokens))) {
    piece += part;
    if (piece.length >= PIECE) finishPiece();
    yield;
  }
  finishPiece();
  const header: StateFileHeader = {
    format: FORMAT,
    revision: state.revision,
    writtenAt: writtenAt.toISOString(),
    sha256: digest.digest('hex'),
  };
  return [`${JSON.stringify(header)}\n`, ...pieces, '\n'];
}

type Lists = Record<Exclude<keyof Body, 'revision' | 'lastEntry' | 'hash'>, Iterable<JsonObject>>;

function listsOf(state: State, tokens: readonly JsonObject[]): Lists {
  return {
    environments: rowsOf(state.environments.values()),
    flags: rowsOf(state.flags.values()),
    overrides: overridesOf(state),
    segments: rowsOf(state.segments.values()),
    tokens,
  };
}

function* overridesOf({ overrides }: State): Generator<JsonObject, void> {
  for (const rows of overrides.values()) yield* rowsOf(rows.values());
}

function* rowsOf(things: Iterable<object>): Generator<JsonObject, void> {
  for (const thing of things) yield rowOf(thing);
}

/** The JSON of a `Body`, row by row. */
function* bodyParts(head: Pick<Body, 'revision' | 'lastEntry' | 'hash'>, lists: Lists): Generator<string, void> {
  yield JSON.stringify(head).slice(0, -1);
  for (const [name, rows] of Object.entries(lists)) {
    yield `,${JSON.stringify(name)}:[`;
    let separator = '';
    for (const row of rows) {
      yield separator + JSON.stringify(row);
      separator = ',';
    }
    yield ']';
  }
  yield '}';
}

/** @throws when the text is not whole, was altered, or is of a version that this one does not know. */
export function keptState(text: string): KeptState & { writtenAt: string } {
  const [first = '', line = ''] = text.split('\n');
  const header = JSON.parse(first) as StateFileHeader;
  if (header.format !== FORMAT) throw new Error(`it has the format "${header.format}", not "${FORMAT}"`);
  if (header.sha256 !== sha256(line)) throw new Error('its checksum does not fit: it is not what was written');
  const { revision, lastEntry, hash, tokens, ...rows } = JSON.parse(line) as Body;
  const state = stateFromRows(rows, { revision });
  return { position: { state, lastEntry, hash }, tokens, writtenAt: header.writtenAt };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
