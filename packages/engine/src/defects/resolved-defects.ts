import { environmentBySlug, flagByKey } from '../state/chain.js';
import { clip, isPlainObject } from '../json/values.js';
import { deepEqual } from '../json/equal.js';
import { MAX_FLAG_COST, priceOfRules } from '../costs/rules-price.js';
import { malformedFields } from './malformed.js';
import { endlessPrerequisites, wayIntoCycle, MAX_PREREQUISITE_DEPTH } from '../state/prerequisites.js';
import { prerequisiteKeys, segmentsNamedBy } from '../state/references.js';
import { type ResolvedContent, resolveFlag, type ResolvedFlag } from '../resolve/resolve.js';
import { expandedSize, expressionSize, MAX_EXPANDED_CONDITIONS, segmentShape } from './segment-shapes.js';
import { flagBytes, largestField, MAX_FLAG_BYTES } from '../sizes/flag-bytes.js';
import type { State } from '../state/state.js';
import type { Flag, Prerequisite } from '../types.js';

/** One reason why a flag, as it is resolved, cannot serve as it says. */
export interface ContentDefect {
  field: string;
  code: string;
  detail: string;
  /** Where in the field, as a pointer into what is written of it where it is set; absent: all of it. */
  at?: string;
}

export interface ResolvedDefect extends ContentDefect {
  environment: string;
  flag: string;
}

/**
 * All that is wrong with a resolved flag: in itself, with the segments that it names, and with its prerequisites in the environment.
 * `sound` as `malformedFields` has it.
 */
export function resolvedDefects(state: State, resolved: ResolvedFlag, sound?: Set<object>): ResolvedDefect[] {
  const { environment, flag } = resolved;
  const content = contentDefects(state.segments, resolved, sound);
  const cost = content.length === 0 ? costDefects(state.segments, resolved) : [];
  const defects = [...content, ...cost, ...prerequisiteDefects(state, resolved)];
  return defects.map((defect) => ({ environment, flag: flag.key, ...defect }));
}

/** A flag that is stored though it may cost too much is evaluated all the same, as far as a request's budget goes. */
function costDefects(segments: State['segments'], { fields }: ResolvedContent): ContentDefect[] {
  const { worst } = priceOfRules(fields.rules.value, segments);
  if (worst <= MAX_FLAG_COST) return [];
  const [cost, most] = [worst, MAX_FLAG_COST].map((points) => Math.round(points / 1e9).toLocaleString('en'));
  const detail = `evaluating its rules takes up to ${cost} billion points, and no flag may take more than ${most}`;
  const next = 'write fewer or smaller patterns, fewer parts to look for, or expressions that go through fewer lists';
  return [{ field: 'rules', code: 'too-costly', detail: `${detail}: ${next}` }];
}

/** The defects of `after` that `before` has not: what a write would introduce. */
export function introducedDefects(before: readonly ResolvedDefect[], after: readonly ResolvedDefect[]): ResolvedDefect[] {
  const identity = (defect: ResolvedDefect) =>
    JSON.stringify([defect.environment, defect.flag, defect.field, defect.code, defect.detail]);
  const known = new Set(before.map(identity));
  return after.filter((defect) => !known.has(identity(defect)));
}

/** Without the prerequisites: what keeps a flag from being compiled. `sound` as `malformedFields` has it. */
export function contentDefects(segments: State['segments'], resolved: ResolvedContent, sound?: Set<object>): ContentDefect[] {
  const found = new Found();
  const bytes = flagBytes(resolved);
  if (bytes > MAX_FLAG_BYTES) {
    const detail = `the flag takes ${bytes.toLocaleString('en')} bytes, and none may take more than ${MAX_FLAG_BYTES.toLocaleString('en')}`;
    found.add(largestField(resolved), 'too-large', detail);
    return found.list;
  }
  const malformed = malformedFields(resolved, sound);
  for (const { field, detail, at } of malformed) found.add(field, 'malformed', detail, at);
  if (malformed.length > 0) return found.list;
  const { rules, variants, defaultVariant, offVariant } = resolved.fields;
  const known = new Set(variants.value.map((variant) => variant.key));
  const names = (field: string, key: string | null, who: string, at?: string) => {
    if (key !== null && !known.has(key)) {
      const there = known.size > 0 ? `there are ${[...known].slice(0, 20).map(clip).join(', ')}` : 'the flag has no variants';
      found.add(field, 'unknown-variant', `${who} names variant "${clip(key)}"; ${there}`, at);
    }
  };
  for (const [index, rule] of rules.value.entries()) {
    if ('targeting' in rule) continue;
    const { serve } = rule;
    const at = `/${placeWhereWritten(resolved, index)}/serve`;
    if ('variant' in serve) names('rules', serve.variant, `rule "${rule.id}"`, `${at}/variant`);
    else
      for (const [place, { variant }] of serve.split.entries())
        names('rules', variant, `the split of rule "${rule.id}"`, `${at}/split/${place}/variant`);
  }
  names('defaultVariant', defaultVariant.value, 'the default variant');
  names('offVariant', offVariant.value, 'the off variant');
  segmentDefects(segments, resolved, found);
  return found.list;
}

/** Which rule it is of those of its environment, or of the flag. */
export function placeWhereWritten({ ruleSources }: Pick<ResolvedContent, 'ruleSources'>, index: number): number {
  const own = ruleSources[index];
  return ruleSources.slice(0, index).filter((source) => deepEqual(source, own)).length;
}

function segmentDefects(segments: State['segments'], resolved: ResolvedContent, found: Found): void {
  let size = 0;
  for (const [index, rule] of resolved.fields.rules.value.entries()) {
    for (const key of segmentsNamedBy(rule)) {
      const shape = segmentShape(segments, key);
      if (!shape.ok)
        found.add('rules', shape.code, `rule "${rule.id}": ${shape.detail}`, `/${placeWhereWritten(resolved, index)}`);
    }
    size += 'targeting' in rule ? expressionSize(segments, rule.targeting) : expandedSize(segments, rule.conditions ?? []);
  }
  if (size > MAX_EXPANDED_CONDITIONS) {
    found.add(
      'rules',
      'too-many',
      `with their segments written out the rules have ${size} conditions, more than ${MAX_EXPANDED_CONDITIONS}`,
    );
  }
}

function prerequisiteDefects(state: State, resolved: ResolvedFlag): ContentDefect[] {
  const found = new Found();
  const { flag } = resolved;
  const environment = environmentBySlug(state, resolved.environment);
  if (!environment || prerequisiteKeys(flag).length === 0) return found.list;
  for (const [index, prerequisite] of flag.prerequisites.entries()) {
    // what a hand past the database's guards has put there is malformed, which `malformedFields` says
    if (!isPlainObject(prerequisite) || typeof prerequisite.flag !== 'string') continue;
    const { flag: key, variants } = prerequisite as Prerequisite;
    const required = flagByKey(state, key);
    if (!required || required.archivedAt !== null) {
      found.add(
        'prerequisites',
        'unknown-flag',
        `there is no flag "${key}" to require${required ? ': it is archived' : ''}`,
        `/${index}/flag`,
      );
      continue;
    }
    const served = resolveFlag(state, environment, required).fields.variants.value;
    for (const variant of Array.isArray(variants) ? variants : []) {
      if (!Array.isArray(served) || !served.some((other) => other?.key === variant)) {
        found.add(
          'prerequisites',
          'unknown-variant',
          `flag "${key}" has no variant "${clip(String(variant))}"`,
          `/${index}/variants`,
        );
      }
    }
  }
  const reached = flagsReachedFrom(state, flag);
  if (reached.has(flag)) {
    found.add('prerequisites', 'prerequisite-cycle', `flag "${flag.key}" would, through its prerequisites, require itself`);
  } else {
    const required = new Map([flag, ...reached].map((one) => [one.key, prerequisiteKeys(one)]));
    const way = wayIntoCycle(required, flag.key);
    if (way) found.add('prerequisites', 'prerequisite-cycle', `the prerequisites lead into a cycle: ${way.join(' → ')}`);
    else if (endlessPrerequisites(required).has(flag.key))
      found.add('prerequisites', 'too-deep', `the prerequisites nest more than ${MAX_PREREQUISITE_DEPTH} deep`);
  }
  return found.list;
}

/** What the flag requires, and what that requires, itself only when it comes back to it. */
function flagsReachedFrom(state: State, flag: Flag): Set<Flag> {
  const reached = new Set<Flag>();
  const waiting = [flag];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const key of prerequisiteKeys(next)) {
      const other = key === flag.key ? flag : flagByKey(state, key);
      if (other && other.archivedAt === null && !reached.has(other)) {
        reached.add(other);
        waiting.push(other);
      }
    }
  }
  return reached;
}

class Found {
  readonly list: ContentDefect[] = [];

  add(field: string, code: string, detail: string, at = ''): void {
    this.list.push({ field, code, detail, ...(at !== '' && { at }) });
  }
}
