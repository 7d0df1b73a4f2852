import {
  descendantsOf,
  environmentBySlug,
  type EvaluationContext,
  FLAG_FIELDS,
  type PromotionOrder,
  type State,
  type TargetValues,
} from '@flagtree/engine';
import { requireEnvironment } from '../../environments/environment-view.js';
import { Unprocessable } from '../../platform/http/problems/problem.js';
import type { PromoteDto, TargetValuesDto } from './promotion-request.dto.js';

export interface PromotionRequest extends Omit<PromotionOrder, 'reason'> {
  contexts: readonly EvaluationContext[];
  /** The plan that it must be, to the letter. */
  plan: string | null;
  /** One flag was asked for, by its key: that there is nothing to take from the source is an error then. */
  namesOneFlag: boolean;
}

/** What a body turns into, given the state that it meets. */
export type RequestAt = (state: State) => PromotionRequest;

/** @throws {NotFound} for an environment that is not there. @throws {Unprocessable} for one that cannot be in its place. */
export function requestOf(
  state: State,
  dto: PromoteDto,
  { flags, namesOneFlag }: Pick<PromotionRequest, 'flags' | 'namesOneFlag'>,
): PromotionRequest {
  const from = requireEnvironment(state, dto.from).slug;
  const to = [...new Set([dto.to].flat().map((name) => requireEnvironment(state, name).slug))];
  if (to.includes(from)) {
    const detail = `"${from}" cannot be promoted to itself.`;
    throw new Unprocessable('promotion-to-itself', detail, [{ pointer: '/to', code: 'promotion-to-itself', detail }]);
  }
  const { plan = null, contexts = [], mode = 'resolved', prune = false, dependencies = 'block' } = dto;
  const fields = FLAG_FIELDS.filter((field) => dto.fields === undefined || dto.fields.includes(field));
  const keep = keptOf(state, to, dto.keep ?? false);
  return { from, to, flags, namesOneFlag, fields, mode, with: valuesOf(dto.with), keep, prune, dependencies, contexts, plan };
}

/** Without what is not said; a mode of rules says nothing without rules. */
function valuesOf(values: TargetValuesDto = {}): TargetValues {
  const said = Object.entries(values).filter(
    ([name, value]) => value !== undefined && (name !== 'rulesMode' || Array.isArray(values.rules)),
  );
  return Object.fromEntries(said);
}

function keptOf(state: State, to: readonly string[], keep: readonly string[] | boolean): string[] | true {
  if (typeof keep === 'boolean') return keep ? keep : [];
  const below = new Set(
    to.flatMap((slug) => environmentBySlug(state, slug) ?? []).flatMap((target) => descendantsOf(state, target)),
  );
  const kept = keep.map((name) => requireEnvironment(state, name));
  for (const [index, environment] of kept.entries()) {
    const { slug } = environment;
    const pointer = `/keep/${String(index)}`;
    if (to.includes(slug)) {
      const detail = `"${slug}" is promoted to: it cannot be kept from that. Name it once.`;
      throw new Unprocessable('keep-is-target', detail, [{ pointer, code: 'keep-is-target', detail }]);
    }
    if (below.has(environment)) continue;
    const detail = `"${slug}" is not below ${to.map((one) => `"${one}"`).join(', ')}: nothing reaches it. Leave it out of "keep".`;
    throw new Unprocessable('keep-not-below', detail, [{ pointer, code: 'keep-not-below', detail }]);
  }
  return [...new Set(kept.map(({ slug }) => slug))];
}
