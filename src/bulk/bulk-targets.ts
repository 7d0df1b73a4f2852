import {
  type Defect,
  descendantsOf,
  type Environment,
  environmentsInTreeOrder,
  type Flag,
  selectFlags,
  selectionDefects,
  type State,
} from '@flagtree/engine';
import { requireEnvironment } from '../environments/environment-view.js';
import { Invalid, Unprocessable } from '../platform/http/problems/problem.js';
import type { BulkDto } from './bulk.dto.js';

/** One environment to write, and the one to copy from. */
export interface Target {
  environment: Environment;
  from: Environment | null;
}

export const MAX_ITEMS = 10_000;

/** Refuses what does not fit the operation. @throws {Invalid} */
export function assertFits({ operation, flags, tags, environments, set, fields, from, pairs, mode, subtree }: BulkDto): void {
  const defects: Defect[] = [];
  const need = (name: string, isThere: boolean, why: string) => {
    if (!isThere) defects.push({ pointer: `/${name}`, code: 'required', detail: why });
  };
  const refuse = (name: string, isThere: boolean) => {
    const detail = `"${name}" means nothing for ${operation}: leave it out.`;
    if (isThere) defects.push({ pointer: `/${name}`, code: 'does-not-fit', detail });
  };
  const copies = operation === 'copy';
  need('flags', copies || flags !== undefined || tags !== undefined, 'Say which flags, by keys, patterns ("*": all) or tags.');
  need('environments', pairs !== undefined || environments !== undefined, 'Say which environments to write.');
  need('set', operation !== 'set' || Object.values(set ?? {}).some((value) => value !== undefined), 'Say which fields to set.');
  need('from', !copies || from !== undefined || pairs !== undefined, 'Say what to copy from, or give pairs.');
  refuse('set', operation !== 'set' && set !== undefined);
  refuse('fields', operation !== 'clear' && !copies && fields !== undefined);
  for (const [name, value] of Object.entries({ from, pairs, mode })) refuse(name, !copies && value !== undefined);
  for (const [name, value] of Object.entries({ from, environments, subtree }))
    refuse(name, pairs !== undefined && value !== undefined);
  if (defects.length > 0) throw new Invalid('invalid-request', 'The request does not fit its operation: see errors.', defects);
}

/** The environments to write, a parent before its children. @throws {NotFound | Unprocessable} */
export function targetsOf(state: State, { environments = [], subtree, from, pairs }: BulkDto): Target[] {
  const source = from === undefined ? null : requireEnvironment(state, from);
  const sources = new Map<Environment, Environment | null>();
  for (const { from: a, to } of pairs ?? []) {
    const target = requireEnvironment(state, to);
    if (sources.has(target)) throw new Unprocessable('target-twice', `"${to}" is the target of two pairs: name it once.`);
    sources.set(target, requireEnvironment(state, a));
  }
  for (const slug of environments) {
    const top = requireEnvironment(state, slug);
    for (const environment of subtree === true ? [top, ...descendantsOf(state, top)] : [top]) sources.set(environment, source);
  }
  const order = environmentsInTreeOrder(state);
  return [...sources]
    .filter(([environment, its]) => environment !== its)
    .map(([environment, its]) => ({ environment, from: its }))
    .sort((a, b) => order.indexOf(a.environment) - order.indexOf(b.environment));
}

/** The flags to write, by key. @throws {Unprocessable} for keys of no flag, and for more items than one request may have. */
export function targetedFlags(state: State, dto: BulkDto, targets: readonly Target[]): Flag[] {
  const defects = selectionDefects(state, dto);
  if (defects.length > 0) throw new Unprocessable('flag-not-found', 'Some of the flags are not there: see errors.', defects);
  const flags = selectFlags(state, dto);
  const items = flags.length * targets.length;
  if (items <= MAX_ITEMS) return flags;
  throw new Unprocessable(
    'too-many-items',
    `${String(flags.length)} flags in ${String(targets.length)} environments are ${String(items)} items, more than ${String(MAX_ITEMS)}: select fewer flags, or use an import.`,
  );
}
