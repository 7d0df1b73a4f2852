import { createHash } from 'node:crypto';
import { type JsonObject, rowOf, stateFromRows } from '@flagtree/engine';
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

/** Two lines of JSON: what is below, and the rows as the database has them, so that a later version reads them as it reads those. */
export function keptText({ position, tokens }: KeptState, writtenAt: Date): string {
  const { state, lastEntry, hash } = position;
  const body: Body = {
    revision: state.revision,
    lastEntry,
    hash,
    environments: Array.from(state.environments.values(), rowOf),
    flags: Array.from(state.flags.values(), rowOf),
    overrides: Array.from(state.overrides.values(), (rows) => Array.from(rows.values(), rowOf)).flat(),
    segments: Array.from(state.segments.values(), rowOf),
    tokens,
  };
  const line = JSON.stringify(body);
  const header: StateFileHeader = {
    format: FORMAT,
    revision: state.revision,
    writtenAt: writtenAt.toISOString(),
    sha256: sha256(line),
  };
  return `${JSON.stringify(header)}\n${line}\n`;
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
