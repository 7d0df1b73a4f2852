import { resolvedDefects } from '../../defects/resolved-defects.js';
import { introducedSegmentDefects } from '../../defects/segment-shapes.js';
import { pointerTo } from '../../json/values.js';
import { resolveFlag, type ResolvedFlag, type Source } from '../../resolve/resolve.js';
import { environmentBySlug, environmentsInTreeOrder, flagByKey } from '../../state/chain.js';
import type { State } from '../../state/state.js';
import { FLAG_FIELDS, type FlagField } from '../../types.js';
import { didYouMean } from '../nearest.js';
import { type Report, within } from '../read/report.js';
import type { DeclaredFlag, DeclaredOverride, Directory, FilePlace } from '../words.js';
import { leavesOf } from './served-variants.js';

/** What is wrong with flags as they are resolved through the tree, each told once, where it is written. */
export function resolvedFindings(directory: Directory, state: State, hasTree: boolean, report: Report): void {
  const overrides = new Map(
    directory.overrides.map((one) => [`${environmentBySlug(state, one.environment)?.slug ?? one.environment} ${one.flag}`, one]),
  );
  const told = new Set<string>();
  const sound = new Set<object>();
  for (const { segment: key, detail } of introducedSegmentDefects(new Map(), state.segments)) {
    const segment = directory.segments.get(key);
    if (segment) report.error(segment.place, 'bad-segment', detail, { of: 'key' });
  }
  for (const environment of environmentsInTreeOrder(state)) {
    for (const flag of state.flags.values()) {
      const entry = directory.flags.get(flag.key);
      const own = overrides.get(`${environment.slug} ${flag.key}`);
      if (!entry?.isSound || own?.isSound === false) continue;
      const resolved = resolveFlag(state, environment, flag);
      const writer = (source: Source): DeclaredFlag | DeclaredOverride =>
        (source.kind === 'environment' ? overrides.get(`${source.slug} ${flag.key}`) : undefined) ?? entry;
      const more = { flag: flag.key, environment: environment.slug };
      const tell = (at: FilePlace, rule: string, message: string) => {
        const identity = `${at.file} ${at.pointer} ${rule} ${message}`;
        if (told.has(identity)) return;
        told.add(identity);
        report.error(at, rule, message, more);
      };
      for (const { field, code, detail, at } of resolvedDefects(state, resolved, sound))
        tell(...placed(resolved, writer, field, at ?? ''), code, sentence(detail));
      for (const [at, message] of unknownLeaves(resolved, writer)) tell(at, 'unknown-variant', message);
      if (own && hasTree) redundantFindings(own, resolved, report);
    }
  }
  checkFindings(directory, state, report);
}

function* unknownLeaves(
  resolved: ResolvedFlag,
  writer: (source: Source) => DeclaredFlag | DeclaredOverride,
): Generator<[FilePlace, string]> {
  const known = resolved.fields.variants.value.map(({ key }) => key);
  for (const [index, rule] of resolved.fields.rules.value.entries()) {
    if (!('targeting' in rule)) continue;
    for (const { variant, pointer } of leavesOf(rule.targeting)) {
      if (known.includes(variant)) continue;
      const { entry, place } = writer(resolved.ruleSources[index] as Source);
      const at =
        entry['targeting'] === undefined
          ? within(place, 'rules')
          : { file: place.file, pointer: pointerTo(place.pointer, 'targeting') + pointer };
      yield [
        at,
        `It names the variant "${variant}"; the flag has ${known.map((key) => `"${key}"`).join(', ')}.${didYouMean(variant, known)}`,
      ];
    }
  }
}

/** Where the field is written that makes the flag what it is there. */
function placed(
  resolved: ResolvedFlag,
  writer: (source: Source) => DeclaredFlag | DeclaredOverride,
  field: string,
  inner: string,
): [FilePlace] {
  const isField = (FLAG_FIELDS as readonly string[]).includes(field);
  const { entry, place } = writer(isField ? resolved.fields[field as FlagField].source : { kind: 'flag' });
  const member = memberOf(field, entry);
  const at = within(place, member);
  return [{ file: at.file, pointer: at.pointer + (member === 'rules' && field === 'rules' ? inner : '') }];
}

/** What an entry calls a field. */
export function memberOf(field: string, entry: object): string {
  if (field === 'enabled') return 'state';
  return field === 'rules' && 'targeting' in entry ? 'targeting' : field;
}

function redundantFindings(own: DeclaredOverride, { fields, environment }: ResolvedFlag, report: Report): void {
  for (const field of FLAG_FIELDS) {
    if (fields[field].state !== 'overridden-equal') continue;
    const member = memberOf(field, own.entry);
    const message = `"${own.flag}" inherits this very value of "${member}" in ${environment}. Written here, it stays when that changes: leave it out, unless it is meant to.`;
    report.ruled('redundant-override', 'warning', within(own.place, member), message, { of: 'key', flag: own.flag, environment });
  }
}

/** Checks that nothing can meet. */
function checkFindings({ checks }: Directory, state: State, report: Report): void {
  const names = [...state.environments.values()].flatMap(({ slug, aliases }) => [slug, ...aliases]);
  for (const { flag: key, environment, variant, place } of checks) {
    const flag = flagByKey(state, key);
    const there = environment === null ? null : environmentBySlug(state, environment);
    if (!flag)
      report.error(
        place,
        'flag-not-found',
        `There is no flag "${key}" to check.${didYouMean(
          key,
          [...state.flags.values()].map((one) => one.key),
        )}`,
        { flag: key },
      );
    else if (there === undefined)
      report.error(
        within(place, 'environment'),
        'environment-not-found',
        `There is no environment "${environment}".${didYouMean(environment ?? '', names)}`,
        { flag: key },
      );
    else if (variant != null) {
      const places = there ? [there] : [...state.environments.values()];
      const base = places.length === 0 ? flag.variants : [];
      const served = places.flatMap((one) => resolveFlag(state, one, flag).fields.variants.value);
      const known = new Set([...base, ...served].map((each) => each.key));
      if (!known.has(variant))
        report.error(
          within(place, 'variant'),
          'unknown-variant',
          `"${key}" has no variant "${variant}".${didYouMean(variant, known)}`,
          { flag: key },
        );
    }
  }
}

const sentence = (detail: string) => `${detail.charAt(0).toUpperCase()}${detail.slice(1)}${detail.endsWith('.') ? '' : '.'}`;
