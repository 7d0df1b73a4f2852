import type { CompiledFlag } from '../compile/snapshot.js';
import { deepEqual } from '../json/equal.js';
import { isPlainObject } from '../json/values.js';
import { byKey } from '../state/names.js';
import type { Segment } from '../types.js';
import { compileRow, ownSegments, segmentsIn } from './document-row.js';
import type { SnapshotDocument } from './snapshot-document.js';

type Segments = ReadonlyMap<string, Segment>;

/** The flags of a document, by key and in the order of the keys, each compiled when it is first asked for. */
export class DocumentFlags implements ReadonlyMap<string, CompiledFlag> {
  private readonly rows: ReadonlyMap<string, unknown>;
  private readonly segments: Segments;
  private readonly compiled = new Map<string, CompiledFlag>();
  /** Of rows that are others now and were not asked for since: what they were when they were last used. */
  private readonly lastUsed = new Map<string, CompiledFlag>();

  constructor(document: SnapshotDocument, before: DocumentFlags | undefined) {
    this.rows = rowsOf(document.flags);
    this.segments = segmentsOf(document.segments, before?.segments);
    if (before) this.takeOver(before);
  }

  get size(): number {
    return this.rows.size;
  }

  get(key: string): CompiledFlag | undefined {
    return this.compiled.get(key) ?? this.compile(key);
  }

  has(key: string): boolean {
    return this.rows.has(key);
  }

  keys(): MapIterator<string> {
    return this.rows.keys();
  }

  *values(): Generator<CompiledFlag, undefined> {
    for (const [, flag] of this.entries()) yield flag;
    return undefined;
  }

  *entries(): Generator<[string, CompiledFlag], undefined> {
    for (const key of this.rows.keys()) yield [key, this.get(key) as CompiledFlag];
    return undefined;
  }

  [Symbol.iterator](): Generator<[string, CompiledFlag], undefined> {
    return this.entries();
  }

  forEach(tell: (flag: CompiledFlag, key: string, map: ReadonlyMap<string, CompiledFlag>) => void): void {
    for (const [key, flag] of this.entries()) tell(flag, key, this);
  }

  /** All that can require another flag, by what they say now or by what they last were. */
  *withPrerequisites(): Generator<CompiledFlag, undefined> {
    for (const [key, row] of this.rows) {
      const isRequiring = isPlainObject(row) && Array.isArray(row['prerequisites']) && row['prerequisites'].length > 0;
      if (isRequiring || (this.lastUsed.get(key) ?? this.compiled.get(key))?.program.prerequisites.length) {
        yield this.get(key) as CompiledFlag;
      }
    }
    return undefined;
  }

  private compile(key: string): CompiledFlag | undefined {
    const row = this.rows.get(key);
    if (row === undefined) return undefined;
    const flag = compileRow(key, row, this.segments, this.lastUsed.get(key));
    this.lastUsed.delete(key);
    this.compiled.set(key, flag);
    return flag;
  }

  private takeOver(before: DocumentFlags): void {
    for (const [key, flag] of before.compiled) {
      const row = this.rows.get(key);
      if (row === undefined) continue;
      const isSame = this.reachesTheSame(flag, row, before.segments) && deepEqual(row, before.rows.get(key));
      (isSame ? this.compiled : this.lastUsed).set(key, flag);
    }
    for (const [key, flag] of before.lastUsed) if (this.rows.has(key)) this.lastUsed.set(key, flag);
  }

  private reachesTheSame({ defect, segments }: CompiledFlag, row: unknown, before: Segments): boolean {
    if (this.segments === before || ownSegments(row) !== undefined) return true;
    // what did not compile may have missed a segment
    if (defect !== null) return false;
    for (const [key, segment] of segments) if (!sameConditions(this.segments.get(key), segment)) return false;
    return true;
  }
}

function rowsOf(flags: SnapshotDocument['flags']): ReadonlyMap<string, unknown> {
  const rows = Object.entries(flags);
  // a parser puts keys that are whole numbers first
  const isSorted = rows.every(([key], index) => index === 0 || (rows[index - 1] as [string, unknown])[0] < key);
  return new Map(isSorted ? rows : rows.map(([key, row]) => ({ key, row })).sort(byKey).map(({ key, row }) => [key, row])); // prettier-ignore
}

/** Those that are the same as before are the same objects; where all are, the same map. */
function segmentsOf(rows: SnapshotDocument['segments'], before: Segments | undefined): Segments {
  const segments = new Map<string, Segment>();
  let isSame = before?.size === Object.keys(rows).length;
  for (const [key, segment] of segmentsIn(rows)) {
    const known = before?.get(key);
    if (known && sameConditions(known, segment)) segments.set(key, known);
    else {
      segments.set(key, segment);
      isSame = false;
    }
  }
  return before && isSame ? before : segments;
}

function sameConditions(one: Segment | undefined, other: Segment | undefined): boolean {
  return one === other || deepEqual(one?.conditions, other?.conditions);
}
