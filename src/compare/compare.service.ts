import { Injectable } from '@nestjs/common';
import {
  type Difference,
  environmentNamed,
  type Flag,
  matcherOf,
  slicedDiff,
  slicedSegmentDifferences,
  type DiffSide,
  type State,
} from '@flagtree/engine';
import { StateHistory } from '../history/state-history.js';
import { beginningOf } from '../platform/http/management/beginning.js';
import { moreIf } from '../platform/http/management/bounded-effect.js';
import { switchOf } from '../platform/http/management/parameters/query-switch.js';
import { Invalid, NotFound } from '../platform/http/problems/problem.js';
import { runInSlices } from '../platform/run-in-slices.js';
import { EnvironmentResolver } from '../resolver/resolver.service.js';
import type { CompareQuery, ComparisonDto } from './compare.dto.js';

/** Says what two sides, each an environment at a moment, resolve differently. */
@Injectable()
export class CompareService {
  constructor(
    private readonly history: StateHistory,
    private readonly resolver: EnvironmentResolver,
  ) {}

  /** @throws {NotFound} for an environment that is not there at its moment. @throws {Invalid} for a moment to come, and for a root alone. */
  async compare(query: CompareQuery): Promise<ComparisonDto> {
    const [from, to] = await this.sides(query);
    const wanted = wantedKeys([from.state, to.state], query);
    const [ours, theirs] = [onlyFlags(from, wanted), onlyFlags(to, wanted)];
    const found = await runInSlices(slicedDiff(ours, theirs));
    const onlyOverrides = switchOf(query.onlyOverrides, 'onlyOverrides');
    const differences = onlyOverrides ? found.filter(isOverridden) : found;
    const segments = onlyOverrides ? [] : await runInSlices(slicedSegmentDifferences(ours, theirs));
    const shown = { differences: beginningOf(differences), segments: beginningOf(segments) };
    return {
      from: from.environment.slug,
      to: to.environment.slug,
      revision: from.state.revision,
      toRevision: to.state.revision,
      identical: differences.length + segments.length === 0,
      summary: verdict(differences.length + segments.length),
      flags: wanted.size,
      differences: shown.differences,
      differenceCount: differences.length,
      segments: shown.segments,
      segmentCount: segments.length,
      ...moreIf(
        shown.differences.length < differences.length || shown.segments.length < segments.length,
        'Ask again about fewer flags: with key=<pattern>, tag=, owner= or onlyOverrides=true.',
      ),
    };
  }

  private async sides({ from, to, at, toAt }: CompareQuery): Promise<[DiffSide, DiffSide]> {
    if (to === undefined && at === undefined && toAt === undefined)
      return this.withParent(this.sideIn(await this.history.at(undefined), from, undefined));
    const ours = this.sideIn(await this.history.at(at), from, at);
    if (to === undefined) return [ours, this.sideIn(await this.history.at(toAt, '?toAt'), ours.environment.slug, toAt)];
    const then = this.sideIn(await this.history.at(toAt ?? at, '?toAt'), to, toAt ?? at);
    if (toAt !== undefined || then.environment.slug !== ours.environment.slug) return [ours, then];
    return [ours, this.sideIn(await this.history.at(undefined), to, undefined)];
  }

  /** What an environment has differently from what it inherits. @throws {Invalid} for a root. */
  private withParent({ state, environment }: DiffSide): [DiffSide, DiffSide] {
    const parent = this.resolver.getEnvironmentChain(environment.slug, state)[1];
    if (parent)
      return [
        { state, environment },
        { state, environment: parent },
      ];
    const detail = `${environment.slug} has no parent to be compared with: name another environment ("to"), or another moment ("at", "toAt").`;
    throw new Invalid('invalid-request', detail, [{ pointer: '?to', code: 'required', detail }]);
  }

  /** @throws {NotFound} */
  private sideIn(state: State, name: string, at: string | undefined): DiffSide {
    if (at === undefined) return { state, environment: this.resolver.getEnvironment(name, state) };
    const environment = environmentNamed(state, name);
    if (environment) return { state, environment };
    const revision = String(state.revision);
    throw new NotFound(
      'environment-not-found',
      `At revision ${revision} there was no environment "${name}": see GET /api/admin/environments?at=${revision} for those there were.`,
    );
  }
}

/** The keys of the flags in use, on either side, that the query asks for: a flag that lost its tag is not a flag that went. */
function wantedKeys(states: readonly State[], query: CompareQuery): Set<string> {
  const isNamed = query.key === undefined ? () => true : matcherOf(query.key.split(','));
  const isWanted = ({ key, tags, owner, archivedAt }: Flag) =>
    archivedAt === null &&
    (query.tag === undefined || tags.includes(query.tag)) &&
    (query.owner === undefined || owner === query.owner) &&
    isNamed(key);
  return new Set(states.flatMap(({ flags }) => [...flags.values()].filter(isWanted).map(({ key }) => key)));
}

function onlyFlags({ state, environment }: DiffSide, keys: ReadonlySet<string>): DiffSide {
  return { environment, state: { ...state, flags: new Map([...state.flags].filter(([, { key }]) => keys.has(key))) } };
}

function isOverridden({ from, to }: Difference): boolean {
  return [from.state, to.state].some((state) => state !== null && state !== 'inherited');
}

function verdict(count: number): string {
  if (count === 0) return 'no differences';
  return count === 1 ? '1 difference' : `${String(count)} differences`;
}
