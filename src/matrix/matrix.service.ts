import { Injectable } from '@nestjs/common';
import {
  descendantsOf,
  effectiveSettings,
  type Environment,
  environmentsInTreeOrder,
  type CellFace,
  type Flag,
  resolveGuard,
  slicedFaces,
  type State,
} from '@flagtree/engine';
import type { Caller } from '../access/identity/caller.js';
import { mayWrite } from '../access/may-write.js';
import { StateStore } from '../audit/follow/state-store.js';
import { foundFlags } from '../flags/found-flags.js';
import { readCursor, writeCursor } from '../platform/http/management/parameters/page.js';
import { Conflict } from '../platform/http/problems/problem.js';
import { runInSlices } from '../platform/run-in-slices.js';
import { EnvironmentResolver } from '../resolver/resolver.service.js';
import { SnapshotsService } from '../resolver/snapshots/snapshots.service.js';
import type { CellState, MatrixDto, MatrixEnvironmentDto, MatrixQuery } from './matrix.dto.js';

/** What a cell shows: null where the environment inherits from itself. */
type Cell = (CellFace & { broken?: true }) | null;

interface Row {
  flag: Flag;
  cells: Cell[];
}

const CURSOR = /^\d{1,16} \d{1,9}$/;

@Injectable()
export class MatrixService {
  constructor(
    private readonly store: StateStore,
    private readonly resolver: EnvironmentResolver,
    private readonly snapshots: SnapshotsService,
  ) {}

  /** @throws {NotFound} for an environment that there is not. @throws {Conflict} where something has changed since the page before. */
  async read(query: MatrixQuery, caller: Caller): Promise<MatrixDto> {
    const state = await this.store.current();
    const from = offsetIn(state, query.cursor);
    const environments = this.columnsOf(state, query);
    const looked = this.lookedAt(state, environments, query);
    const rows = await this.rowsOf(state, found(state, query), environments);
    const counts = { differs: 0, set: 0, same: 0, broken: 0 };
    const wanted = rows.filter(({ cells }) => {
      const states = statesOf(cells.filter((_, at) => looked[at]));
      for (const name of states) counts[name]++;
      return query.is === undefined || query.is.some((name) => states.has(name));
    });
    wanted.sort(orderOf(query.sort));
    const page = wanted.slice(from, from + query.limit);
    const next = from + page.length;
    return {
      revision: state.revision,
      total: wanted.length,
      counts,
      environments: environments.map((environment) => columnView(state, environment, caller)),
      ...withFaces(page),
      nextCursor: next < wanted.length ? writeCursor(`${String(state.revision)} ${String(next)}`) : null,
    };
  }

  private columnsOf(state: State, { envs, below }: MatrixQuery): Environment[] {
    const within = below === undefined ? null : this.resolver.getEnvironment(below, state);
    const all = envs === undefined ? environmentsOf(state) : envs.map((name) => this.resolver.getEnvironment(name, state));
    if (within === null) return all;
    const there = new Set([within.id, ...descendantsOf(state, within).map(({ id }) => id)]);
    return all.filter(({ id }) => there.has(id));
  }

  private lookedAt(state: State, environments: readonly Environment[], query: MatrixQuery): boolean[] {
    const names = query.in?.map((name) => this.resolver.getEnvironment(name, state).id);
    return environments.map(({ id }) => names === undefined || names.includes(id));
  }

  private async rowsOf(state: State, flags: readonly Flag[], environments: readonly Environment[]): Promise<Row[]> {
    const faces: Cell[][] = await runInSlices(slicedFaces(state, flags, environments));
    const columnOf = new Map(environments.map(({ slug }, at) => [slug, at]));
    const rowOf = new Map(flags.map(({ key }, at) => [key, at]));
    for (const { flag, environment } of this.snapshots.brokenNow()) {
      const row = faces[rowOf.get(flag) ?? -1];
      const column = columnOf.get(environment) ?? -1;
      const face = row?.[column];
      if (row && face) row[column] = { ...face, broken: true };
    }
    return flags.map((flag, at) => ({ flag, cells: faces[at] ?? [] }));
  }
}

/** Each before those below it; last those that have no root, on or under a cycle. */
function environmentsOf(state: State): Environment[] {
  const inOrder = environmentsInTreeOrder(state);
  const known = new Set(inOrder);
  return [...inOrder, ...[...state.environments.values()].filter((environment) => !known.has(environment))];
}

function found(state: State, { type, keys, ...search }: MatrixQuery): Flag[] {
  return foundFlags(state, search).filter(
    (flag) => (type === undefined || flag.type === type) && (keys === undefined || keys.includes(flag.key)),
  );
}

function statesOf(cells: readonly Cell[]): Set<CellState> {
  const states = new Set<CellState>();
  for (const cell of cells) {
    if (cell === null || cell.broken) states.add('broken');
    if (cell === null || cell.own === 'no') continue;
    states.add('set');
    states.add(cell.own);
  }
  return states;
}

function orderOf(sort: MatrixQuery['sort']): (a: Row, b: Row) => number {
  const by = sort.replace('-', '') as 'key' | 'changed' | 'owner';
  const textOf = ({ flag }: Row) => (by === 'key' ? flag.key : by === 'owner' ? (flag.owner ?? '') : flag.updatedAt);
  const direction = sort.startsWith('-') ? -1 : 1;
  const compared = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return (a, b) => direction * compared(textOf(a), textOf(b)) || compared(a.flag.key, b.flag.key);
}

function withFaces(rows: readonly Row[]): Pick<MatrixDto, 'faces' | 'items'> {
  const faces: CellFace[] = [];
  const byObject = new Map<CellFace, number>();
  const byText = new Map<string, number>();
  const indexOf = (face: Cell): number => {
    if (face === null) return -1;
    const known = byObject.get(face);
    if (known !== undefined) return known;
    const text = JSON.stringify(face);
    let index = byText.get(text);
    if (index === undefined) byText.set(text, (index = faces.push(face) - 1));
    byObject.set(face, index);
    return index;
  };
  const items = rows.map(({ flag, cells }) => {
    const { key, name, type, owner, tags, permanent, updatedAt } = flag;
    return { key, name, type, owner, tags, permanent, updatedAt, cells: cells.map(indexOf) };
  });
  return { faces, items };
}

function columnView(state: State, environment: Environment, caller: Caller): MatrixEnvironmentDto {
  const { slug, name, parentId, isActive, expiresAt } = environment;
  const parent = parentId === null ? null : (state.environments.get(parentId)?.slug ?? null);
  const guard = resolveGuard(state, environment, 'protected');
  return {
    slug,
    name,
    parent,
    depth: depthOf(state, environment),
    protected: guard.holds,
    requireApproval: effectiveSettings(state, environment).require_approval,
    isActive,
    expiresAt,
    may: mayWrite(caller, state, environment) ? 'write' : 'read',
  };
}

function depthOf(state: State, environment: Environment): number {
  const visited = new Set<string>();
  for (let at: Environment | undefined = environment; at?.parentId != null; at = state.environments.get(at.parentId)) {
    if (visited.has(at.id)) break;
    visited.add(at.id);
  }
  return visited.size;
}

/** Pages are of one revision, since a row that moves would be shown twice or never. */
function offsetIn(state: State, cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const [revision, offset] = readCursor(cursor, CURSOR).split(' ').map(Number);
  if (revision === state.revision && offset !== undefined) return offset;
  throw new Conflict(
    'revision-moved',
    `This page is of revision ${String(revision)}, and revision ${String(state.revision)} is in force: begin again without the cursor.`,
  );
}
