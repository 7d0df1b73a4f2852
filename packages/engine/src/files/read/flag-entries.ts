import { isPlainObject, kindOf, pointerTo } from '../../json/values.js';
import { LEGACY, modernised } from '../../flagd/read/legacy-fractional.js';
import { FLAG_MEMBERS, type Member, OVERRIDE_MEMBERS } from '../../states/item-checks.js';
import {
  type FlagType,
  type JsonObject,
  type JsonValue,
  RULES_MODES,
  type Rule,
  type RulesMode,
  type Variant,
} from '../../types.js';
import {
  type DeclaredFlag,
  type DeclaredOverride,
  type ModedRules,
  OWNERSHIPS,
  type Ownership,
  type OwnershipSaid,
  type FilePlace,
} from '../words.js';
import { objectIn } from './members.js';
import { type Report, within } from './report.js';

/** Told of the flag itself, wherever it is. */
export const FACTS = ['description', 'owner', 'tags', 'metadata'] as const;
const SHARED = ['state', 'variants', 'defaultVariant', 'offVariant', 'percentage', 'targeting', 'rules'] as const;
const OF_FLAG = [
  'type',
  'name',
  ...FACTS,
  'bucketing',
  'salt',
  'onMissingKey',
  'prerequisites',
  'permanent',
  'expiresAt',
] as const;
export const BASE_MEMBERS: readonly string[] = [...SHARED, ...OF_FLAG, 'ownership'];
export const OVERLAY_MEMBERS: readonly string[] = [...SHARED, 'rulesMode', 'reason', 'ownership', ...FACTS];
/** Null says something of a flag itself; an environment cannot say that it has none. */
const NULLABLE = ['defaultVariant', 'offVariant', 'salt', 'expiresAt', 'description', 'owner'];

export function readBase(key: string, value: JsonValue, place: FilePlace, report: Report): DeclaredFlag | null {
  const entry = objectIn(value, place, `The flag "${key}"`, BASE_MEMBERS, report);
  if (!entry) return null;
  const reader = new EntryReader(key, entry, place, report, FLAG_MEMBERS);
  for (const name of ['state', 'variants']) {
    if (entry[name] === undefined)
      report.error(place, 'required', `The flag "${key}" needs "${name}" in _base, where it says what it is everywhere.`, {
        of: 'key',
        flag: key,
      });
  }
  reader.refuseNulls(
    (name) => !NULLABLE.includes(name),
    (name) => `"${name}" has no null: leave it out for what it is by default.`,
  );
  const fields: Record<string, unknown> = reader.shared();
  const type = entry['type'] ?? reader.typeOfVariants();
  if (type !== undefined) fields['type'] = type;
  for (const name of OF_FLAG) if (name !== 'type' && entry[name] !== undefined) reader.take(fields, name, name);
  const { mode: _mode, rules } = (reader.rules() ?? { rules: undefined }) as Partial<ModedRules>;
  if (rules) fields['rules'] = rules;
  return { key, place, fields: fields, ownership: reader.ownership(), entry, isSound: reader.isSound };
}

export function readOverlay(
  { flag: key, environment }: Pick<DeclaredOverride, 'flag' | 'environment'>,
  value: JsonValue,
  place: FilePlace,
  report: Report,
): DeclaredOverride | null {
  const entry = objectIn(value, place, `"${key}" in an environment`, OVERLAY_MEMBERS, report);
  if (!entry) return null;
  const reader = new EntryReader(key, entry, place, report, OVERRIDE_MEMBERS);
  reader.refuseNulls(
    () => true,
    (name) => `Leave "${name}" out to inherit it: an environment cannot say that it has none.`,
  );
  const fields: Record<string, unknown> = reader.shared();
  if (entry['reason'] !== undefined) reader.take(fields, 'reason', 'reason');
  const rules = reader.rules();
  if (rules) fields['rules'] = rules;
  else if (entry['rulesMode'] !== undefined)
    report.error(within(place, 'rulesMode'), 'no-rules', 'There are no rules for it to join: give "rules", or leave it out.', {
      flag: key,
    });
  return {
    flag: key,
    environment,
    place,
    fields: fields,
    ownership: reader.ownership(),
    entry,
    isSound: reader.isSound,
  };
}

class EntryReader {
  isSound = true;

  constructor(
    private readonly key: string,
    private readonly entry: JsonObject,
    private readonly place: FilePlace,
    private readonly report: Report,
    private readonly members: Record<string, Member>,
  ) {}

  refuseNulls(isRefused: (name: string) => boolean, why: (name: string) => string): void {
    for (const [name, value] of Object.entries(this.entry)) {
      if (value === null && isRefused(name)) this.error(name, '', 'null', why(name));
    }
  }

  /** What files and environments say in the same words. */
  shared(): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    const { state } = this.entry;
    if (state === 'ENABLED' || state === 'DISABLED') fields['enabled'] = state === 'ENABLED';
    else if (state !== undefined && state !== null) this.error('state', '', 'is-in', 'The state is ENABLED or DISABLED.');
    const variants = this.variants();
    if (variants) fields['variants'] = variants;
    for (const name of ['defaultVariant', 'offVariant', 'percentage'])
      if (this.entry[name] !== undefined) this.take(fields, name, name);
    return fields;
  }

  /** Checked as an import checks it. */
  take(fields: Record<string, unknown>, name: string, member: string): void {
    const value = this.entry[name];
    if (value === undefined || (value === null && !NULLABLE.includes(name))) return;
    const defects = this.members[member]?.check(value, this.entry) ?? [];
    for (const { pointer, code, detail } of defects) this.error(name, pointer, code, detail);
    if (defects.length === 0) fields[member] = value;
  }

  typeOfVariants(): FlagType | undefined {
    const { variants } = this.entry;
    const values = isPlainObject(variants)
      ? Object.values(variants)
      : Array.isArray(variants)
        ? variants.map((one) => (isPlainObject(one) ? one['value'] : null))
        : [];
    const kinds = new Set(
      values.map((value) => (value !== null && typeof value === 'object' ? 'json' : value === null ? 'json' : typeof value)),
    );
    const [kind] = kinds;
    if (kinds.size > 1)
      this.error(
        'variants',
        '',
        'wrong-type',
        'The variants of a flag are all truths, all texts, all numbers or all objects; with "type: json" they may be anything.',
      );
    return kind as FlagType | undefined;
  }

  /** One list of rules: those that are written, or the one that an expression makes. */
  rules(): ModedRules | null {
    const { targeting, rules, rulesMode } = this.entry;
    if (targeting !== undefined && targeting !== null && rules !== undefined) {
      this.error('targeting', '', 'two-rules', 'Say what is served by "targeting" or by "rules", not by both.');
      return null;
    }
    const mode = (RULES_MODES as readonly unknown[]).includes(rulesMode) ? (rulesMode as RulesMode) : 'replace';
    if (rulesMode !== undefined && rulesMode !== mode)
      this.error('rulesMode', '', 'is-in', `It is one of ${RULES_MODES.join(', ')}.`);
    if (targeting !== undefined && targeting !== null) return this.targeting(targeting, mode);
    if (!Array.isArray(rules)) {
      if (rules !== undefined && rules !== null) this.error('rules', '', 'wrong-type', `Rules are a list, not ${kindOf(rules)}.`);
      return null;
    }
    const modern = rules.map((rule, index) => this.modern(rule, index));
    const defects = this.members['rules']?.check(modern, this.entry) ?? [];
    for (const { pointer, code, detail } of defects) this.error('rules', pointer, code, detail);
    return defects.length === 0 ? { mode, rules: modern as unknown as Rule[] } : null;
  }

  ownership(): OwnershipSaid {
    const said = this.entry['ownership'];
    if (said === undefined || said === null) return null;
    if (isOwnership(said)) return said;
    if (isPlainObject(said) && Object.values(said).every(isOwnership))
      return Object.fromEntries(Object.entries(said).map(([name, owner]) => [FIELD_OF[name] ?? name, owner as Ownership]));
    this.error('ownership', '', 'is-in', `It is one of ${OWNERSHIPS.join(', ')}, or an object of these by the names of fields.`);
    return null;
  }

  private variants(): Variant[] | null {
    const { variants } = this.entry;
    if (variants === undefined || variants === null) return null;
    const list = isPlainObject(variants) ? Object.entries(variants).map(([key, value]) => ({ key, value })) : variants;
    const defects =
      this.members['variants']?.check(list, { ...this.entry, type: this.entry['type'] ?? this.typeOfVariants() ?? 'json' }) ?? [];
    for (const { pointer, code, detail } of defects)
      this.error('variants', isPlainObject(variants) ? byName(pointer, list as Variant[]) : pointer, code, detail);
    if (Array.isArray(list) && list.length === 0) this.error('variants', '', 'too-few', 'A flag has at least one variant.');
    return defects.length === 0 ? (list as Variant[]) : null;
  }

  private targeting(written: JsonValue, mode: RulesMode): ModedRules | null {
    if (!isPlainObject(written)) {
      this.error('targeting', '', 'wrong-type', `Targeting is an object, not ${kindOf(written)}.`);
      return null;
    }
    if (Object.keys(written).length === 0) return { mode, rules: [] };
    const known = this.isSound;
    this.isSound = true;
    const targeting = this.expression(written, pointerTo('', 'targeting'));
    if (!this.isSound) return null;
    this.isSound = known;
    const rules = [{ id: 'targeting', targeting }];
    const defects = this.members['rules']?.check(rules, this.entry) ?? [];
    for (const { pointer, code, detail } of defects)
      this.error('targeting', pointer.replace(/^\/0\/targeting/, ''), code, detail);
    return defects.length === 0 ? { mode, rules } : null;
  }

  private modern(rule: JsonValue, index: number): JsonValue {
    if (!isPlainObject(rule) || rule['targeting'] === undefined) return rule;
    return { ...rule, targeting: this.expression(rule['targeting'], `/rules/${index}/targeting`) };
  }

  /** In the words of today, as whoever wrote it meant it. */
  private expression(written: JsonValue, pointer: string): JsonValue {
    const text = JSON.stringify(written);
    if (!text.includes('"fractional')) return written;
    const { targeting, rewritten, defects } = modernised(written, this.key, pointer);
    const at = (inner: string): FilePlace => ({ file: this.place.file, pointer: this.place.pointer + inner });
    for (const { pointer: there, detail, expression } of rewritten) {
      const whole = there.slice(0, -pointerTo('', LEGACY).length);
      this.report.ruled('legacy-fractional', 'warning', at(there), `${detail}. Write ${JSON.stringify(expression)}.`, {
        ...{ of: 'key', flag: this.key },
        suggestion: { at: whole === '' ? '' : this.place.pointer + whole, value: expression },
      });
    }
    for (const { pointer: there, code, detail } of defects) {
      if (code === 'always-true') this.report.ruled('always-true', 'error', at(there), detail, { of: 'key', flag: this.key });
      else this.error('', there, code, detail);
    }
    return targeting;
  }

  private error(name: string, inner: string, rule: string, message: string): void {
    this.isSound = false;
    const at = name === '' ? this.place : within(this.place, name);
    this.report.error({ file: at.file, pointer: at.pointer + inner }, rule, message, { flag: this.key });
  }
}

/** Names of fields in files that the server calls otherwise. */
const FIELD_OF: Record<string, string> = { state: 'enabled', targeting: 'rules' };

const isOwnership = (value: JsonValue): value is Ownership => (OWNERSHIPS as readonly unknown[]).includes(value);

/** Files name variants by their keys, lists by their places. */
function byName(pointer: string, variants: readonly Variant[]): string {
  const [, index, member, ...rest] = pointer.split('/');
  const key = variants[Number(index)]?.key;
  if (index === undefined || key === undefined) return '';
  return [pointerTo('', key), ...(member === 'value' ? rest : [])].join('/');
}
