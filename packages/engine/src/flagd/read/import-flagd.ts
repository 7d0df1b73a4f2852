import { isPlainObject, pointerTo } from '../../json/values.js';
import { environmentBySlug, flagByKey } from '../../state/chain.js';
import type { State } from '../../state/state.js';
import { FORMAT, VERSION } from '../../states/states-document.js';
import type { Defect, JsonObject } from '../../types.js';
import type { NotExpressed } from '../flagd-document.js';
import { type FlagdDefinition, type FlagdDefinitions, readFlagd } from './check-flagd.js';
import { definitionDefects, evaluatorDefects } from './own-defects.js';
import { factDifferences, factsThatStay, flagItem, keptFlagItem } from './flag-items.js';
import { overrideDefects, overrideItem, overridesLeft, partialItem } from './override-items.js';
import { completedVersions } from './lenient-versions.js';
import { modernDefinitions, type Rewritten } from './legacy-fractional.js';
import { definitionsIn } from './kubernetes.js';
import { segmentOf, WhatIsThere } from './what-is-there.js';

/** The sections of a document of states that make flags what flagd's definitions say. */
export interface ImportedStates {
  format: typeof FORMAT;
  version: typeof VERSION;
  segments: JsonObject[];
  flags: JsonObject[];
  overrides?: JsonObject[];
}

export interface FlagdImport {
  states: ImportedStates;
  /** How many of each section are what the definitions say already, beside those in `states`. */
  unchanged: { segments: number; flags: number; overrides: number };
  /** What the definitions say and flags cannot keep. */
  notKept: NotExpressed[];
  defects: Defect[];
  /** Old expressions that are read as flagd means them now; with `lenient`, versions that are written out. */
  rewritten: Rewritten[];
  /** Where in the definitions something of `states` comes from. */
  pointerOf: (pointer: string) => string;
}

export interface FlagdReadOptions {
  /** Flags that flagd's schema, or a flag here, does not allow are left out by name. */
  lenient?: boolean;
  /** Members that no flag can keep are refused. */
  strict?: boolean;
}

/**
 * Into the flags themselves, or, with `environment`, into their overrides there. What a definition says nothing of stays, and so does what
 * would be exported as it.
 */
export function importFlagd(
  document: unknown,
  state: State,
  environment: string | null,
  options: FlagdReadOptions = {},
): FlagdImport {
  const { definitions, at } = definitionsIn(document);
  const whole = options.lenient === true ? completedVersions(definitions) : { definitions, rewritten: [] };
  const read = modernDefinitions(whole.definitions);
  const modern = { ...read, rewritten: [...whole.rewritten, ...read.rewritten] };
  const imported = new Import(modern, state, environment, options).run();
  if (at === '') return imported;
  return {
    ...imported,
    defects: imported.defects.map((defect) => ({ ...defect, pointer: at + defect.pointer })),
    rewritten: imported.rewritten.map((one) => ({ ...one, pointer: at + one.pointer })),
    pointerOf: (pointer) => at + imported.pointerOf(pointer),
  };
}

class Import {
  private readonly definitions: FlagdDefinitions;
  private readonly defects: Defect[];
  private readonly notKept: NotExpressed[] = [];
  private readonly states: ImportedStates = { format: FORMAT, version: VERSION, segments: [], flags: [] };
  private readonly unchanged = { segments: 0, flags: 0, overrides: 0 };
  private readonly origins: Record<'segments' | 'flags' | 'overrides', string[]> = { segments: [], flags: [], overrides: [] };
  private readonly there: WhatIsThere;
  private readonly exportedFrom: string | null;
  private readonly isExport: boolean;

  constructor(
    private readonly modern: ReturnType<typeof modernDefinitions>,
    private readonly state: State,
    private readonly environment: string | null,
    private readonly options: FlagdReadOptions,
  ) {
    const document = modern.definitions;
    this.definitions = readFlagd(document, { partial: environment !== null, lenient: options.lenient === true });
    this.defects = this.definitions.defects;
    this.there = new WhatIsThere(state, this.definitions);
    this.exportedFrom = environmentExported(document, state);
    this.isExport = isPlainObject(document) && Array.isArray(document['omitted']) && Array.isArray(document['inexact']);
    if (isPlainObject(document)) this.sayWhatIsLeft(document);
  }

  run(): FlagdImport {
    this.segments();
    if (this.environment !== null) this.states.overrides = [];
    for (const definition of this.definitions.flags) {
      if (!this.isSound(definition.key, definition.pointer, definitionDefects(definition, this.refersTo))) continue;
      this.sayLeft(definition);
      if (this.environment === null) this.flag(definition);
      else this.override(definition, this.environment);
    }
    if (this.environment !== null) this.partials(this.environment);
    const { states, unchanged, notKept, modern } = this;
    const defects = [...modern.defects, ...this.defects];
    const { rewritten } = modern;
    return { states, unchanged, notKept, defects, rewritten, pointerOf: (pointer) => this.pointerOf(pointer) };
  }

  private segments(): void {
    for (const [key, expression] of Object.entries(this.definitions.evaluators)) {
      if (!this.there.newSegments.has(key)) {
        this.unchanged.segments++;
        continue;
      }
      const [defect] = evaluatorDefects(key);
      if (defect) {
        this.defects.push(defect);
        continue;
      }
      const { name, description, conditions } = segmentOf(key, this.state.segments.get(key), expression);
      this.add('segments', { key, name, description, conditions: conditions as never }, `/$evaluators/${key}`);
    }
  }

  private flag(definition: FlagdDefinition): void {
    const existing = flagByKey(this.state, definition.key);
    if (existing) this.notKept.push(...factsThatStay(definition, existing));
    if (existing && this.there.isServed(definition, existing, null)) {
      this.add('flags', keptFlagItem(definition, existing), definition.pointer);
    } else if (existing && this.exportedFrom !== null && this.there.isServed(definition, existing, this.exportedFrom)) {
      const detail = `it is what ${this.exportedFrom} serves: the flag itself stays as it is, with its overrides there; without "flagSetId" it would become that`;
      this.notKept.push({ flag: definition.key, detail });
      this.add('flags', keptFlagItem(definition, existing), definition.pointer);
    } else if (this.meansWhatItSays(definition)) this.add('flags', flagItem(definition, existing), definition.pointer);
  }

  private override(definition: FlagdDefinition, environment: string): void {
    const existing = flagByKey(this.state, definition.key);
    const isServed = existing !== undefined && this.there.isServed(definition, existing, environment);
    if (!isServed && !this.meansWhatItSays(definition)) return;
    if (!existing) {
      this.add('flags', { ...flagItem(definition, undefined), enabled: false, rules: [] }, definition.pointer);
    } else if (isServed) {
      this.unchanged.overrides++;
      this.notKept.push(...factDifferences(definition, existing));
      return;
    } else {
      this.defects.push(...overrideDefects(definition, existing, this.state, environment));
      this.notKept.push(
        ...factDifferences(definition, existing),
        ...overridesLeft(definition, existing, this.state, environment),
      );
    }
    this.add('overrides', overrideItem(definition, this.state, environment), definition.pointer);
  }

  /** A split of which only the truth counts was hardly meant so, unless it is served already or an export of ours says what a flag does. */
  private meansWhatItSays({ key, pointer }: Pick<FlagdDefinition, 'key' | 'pointer'>): boolean {
    return this.isExport || this.isSound(key, pointer, this.modern.alwaysTrue.get(key) ?? []);
  }

  private partials(environment: string): void {
    for (const definition of this.definitions.partial) {
      const { item, defects } = partialItem(definition, this.state, environment);
      if (!this.isSound(definition.key, definition.pointer, defects) || !item || !this.meansWhatItSays(definition)) continue;
      this.sayLeft(definition);
      const existing = flagByKey(this.state, definition.key);
      if (existing) this.notKept.push(...factDifferences(definition, existing));
      this.add('overrides', item, definition.pointer);
    }
  }

  /** False: it is left out, or refused with all. */
  private isSound(flag: string, pointer: string, defects: readonly Defect[]): boolean {
    const [first] = defects;
    if (!first) return true;
    if (this.options.lenient === true) this.leaveOut(flag, pointer, first);
    else this.defects.push(...defects);
    return false;
  }

  private leaveOut(flag: string, at: string, { pointer, detail }: Defect): void {
    this.notKept.push({ flag, detail: `it is left out: ${detail} (at ${pointer || at})` });
  }

  /** Whether a flag may refer to an evaluator. Where all must hold, the write says which there is not. */
  private readonly refersTo = (key: string): boolean =>
    this.options.lenient !== true || this.state.segments.has(key) || Object.hasOwn(this.definitions.evaluators, key);

  private sayWhatIsLeft(document: JsonObject): void {
    const { left, passedOver } = this.definitions;
    const own = this.exportedFrom === null ? [] : ['metadata.flagSetId', 'metadata.version'];
    const names = left.filter((name) => !own.includes(name));
    if (names.length > 0) this.refuseOrSay(null, '', names, 'of the document');
    for (const { name, pointer, defect } of passedOver) this.leaveOut(name, pointer, defect);
    for (const one of Array.isArray(document['omitted']) ? document['omitted'] : []) {
      if (!isPlainObject(one) || typeof one['flag'] !== 'string') continue;
      this.notKept.push({ flag: one['flag'], detail: `the export has left it out: ${one['detail'] as string}`.slice(0, 500) });
    }
  }

  private sayLeft({ key, pointer, left }: Pick<FlagdDefinition, 'key' | 'pointer' | 'left'>): void {
    if (left.length > 0) this.refuseOrSay(key, pointer, left, 'of the flag');
  }

  private refuseOrSay(flag: string | null, at: string, names: readonly string[], of: string): void {
    if (this.options.strict !== true) {
      this.notKept.push({ flag, detail: said(names) });
      return;
    }
    for (const name of names) {
      const pointer = at + (name.startsWith('metadata.') ? `/metadata/${name.slice('metadata.'.length)}` : `/${name}`);
      this.defects.push({
        pointer,
        code: 'unknown-property',
        detail: `There is no place here for "${name.slice(0, 60)}" ${of}.`,
      });
    }
  }

  private add(section: 'segments' | 'flags' | 'overrides', item: JsonObject, origin: string): void {
    (this.states[section] ??= []).push(item);
    this.origins[section].push(origin);
  }

  private pointerOf(pointer: string): string {
    const [, section = '', index = '', ...rest] = pointer.split('/');
    const origin = Object.hasOwn(this.origins, section) ? this.origins[section as 'flags'][Number(index)] : undefined;
    if (origin === undefined) return '';
    if (section === 'segments')
      return rest.slice(0, 3).join('/') === 'conditions/0/jsonLogic' ? [origin, ...rest.slice(3)].join('/') : origin;
    return [origin, ...memberOf(rest, this.states[section as 'flags'][Number(index)] as JsonObject)].join('/');
  }
}

/** The environment whose export this is. */
function environmentExported(document: unknown, state: State): string | null {
  const metadata = isPlainObject(document) ? document['metadata'] : undefined;
  const slug = isPlainObject(metadata) ? metadata['flagSetId'] : undefined;
  return typeof slug === 'string' ? (environmentBySlug(state, slug)?.slug ?? null) : null;
}

function said(names: readonly string[]): string {
  const metadata = names.filter((name) => name.startsWith('metadata.')).map((name) => name.slice('metadata.'.length));
  const members = names.filter((name) => !name.startsWith('metadata.'));
  return [
    ...(members.length > 0 ? [`its ${members.join(', ').slice(0, 200)}`] : []),
    ...(metadata.length > 0 ? [`its metadata: ${metadata.join(', ').slice(0, 200)}`] : []),
  ].join('; ');
}

/** A member of a flag, by what the definition calls it. */
function memberOf([name, ...rest]: readonly string[], item: JsonObject): string[] {
  if (name === 'rules') return ['targeting', ...rest.slice(2)];
  if (name === 'enabled') return ['state'];
  if (name === 'variants') {
    const [index, member, ...deeper] = rest;
    const variants = item['variants'] as { key: string }[] | null | undefined;
    const key = variants?.[Number(index)]?.key;
    return key === undefined ? ['variants'] : ['variants', pointerTo('', key).slice(1), ...(member === 'value' ? deeper : [])];
  }
  return name !== undefined && ['defaultVariant', 'description', 'owner', 'tags', 'metadata'].includes(name)
    ? [name, ...rest]
    : [];
}
