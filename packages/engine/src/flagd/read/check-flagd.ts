import { clip, isPlainObject, pointerTo } from '../../json/values.js';
import { validateRules } from '../../validate/rules/validate-rules.js';
import type { Defect, FlagType, JsonObject, JsonValue } from '../../types.js';
import { type Facts, factsOf } from '../facts.js';

/** A flag of a definition that fits flagd's schema. */
export interface FlagdDefinition {
  key: string;
  /** Where it stands in the document. */
  pointer: string;
  type: FlagType;
  enabled: boolean;
  variants: { [key: string]: JsonValue };
  defaultVariant: string | null;
  targeting: JsonObject;
  facts: Facts;
  /** Names of what it says and no flag here can keep. */
  left: string[];
}

/** One that says only what differs somewhere; absent: nothing is said of it. */
export interface PartialDefinition extends Pick<FlagdDefinition, 'key' | 'pointer' | 'facts' | 'left'> {
  enabled?: boolean;
  defaultVariant?: string;
  targeting?: JsonObject;
}

export interface FlagdDefinitions {
  flags: FlagdDefinition[];
  partial: PartialDefinition[];
  evaluators: { [key: string]: JsonValue };
  /** Names of what the document says of itself. */
  left: string[];
  defects: Defect[];
  /** With `lenient`: flags and evaluators that are passed over, each with its first defect. */
  passedOver: { name: string; pointer: string; defect: Defect }[];
}

export interface ReadOptions {
  /** What the schema refuses is passed over, not refused. */
  lenient?: boolean;
  /** A flag may lack its state or its variants: then it says only what differs. */
  partial?: boolean;
}

/** Reads flagd's flag definitions, its flags in a list or by key; the defects are what flagd's schema has against them. */
export function readFlagd(document: unknown, options: ReadOptions = {}): FlagdDefinitions {
  const reader = new Reader(options);
  reader.document(document);
  const { flags, partial, evaluators, left, defects, passedOver } = reader;
  return { flags, partial, evaluators, left, defects, passedOver };
}

const OF_DOCUMENT = ['$schema', '$evaluators', 'flags', 'metadata', 'omitted', 'inexact'];

class Reader {
  readonly defects: Defect[] = [];
  readonly flags: FlagdDefinition[] = [];
  readonly partial: PartialDefinition[] = [];
  readonly evaluators: { [key: string]: JsonValue } = {};
  left: string[] = [];
  readonly passedOver: FlagdDefinitions['passedOver'] = [];

  constructor(private readonly options: ReadOptions) {}

  document(document: unknown): void {
    if (!isPlainObject(document)) {
      this.add('', 'wrong-type', 'Flag definitions of flagd are a JSON object with "flags".');
      return;
    }
    if (document['kind'] === 'FeatureFlag') {
      this.add('/spec/flagSpec', 'required', 'A FeatureFlag resource has its definitions in "spec.flagSpec".');
      return;
    }
    this.left = Object.keys(document).filter((name) => !OF_DOCUMENT.includes(name));
    this.metadata(document['metadata'], '/metadata');
    const { $evaluators: evaluators = {}, flags } = document;
    if (!isPlainObject(evaluators)) this.add('/$evaluators', 'wrong-type', 'Evaluators are an object.');
    else {
      for (const [key, expression] of Object.entries(evaluators)) {
        const pointer = pointerTo('/$evaluators', key);
        if (this.passes(key, pointer, () => this.targeting(expression, pointer))) this.evaluators[key] = expression;
      }
    }
    if (flags === undefined) this.add('/flags', 'required', 'Flag definitions have "flags".');
    else if (isPlainObject(flags))
      for (const [key, flag] of Object.entries(flags)) this.item(key, flag, pointerTo('/flags', key));
    else if (!Array.isArray(flags)) this.add('/flags', 'wrong-type', 'Flags are an object, or a list.');
    else
      for (const [index, flag] of flags.entries()) {
        const key = isPlainObject(flag) ? flag['key'] : undefined;
        this.item(typeof key === 'string' ? key : '', flag, pointerTo('/flags', index));
      }
  }

  private item(key: string, flag: JsonValue, pointer: string): void {
    const [flags, partial] = [this.flags.length, this.partial.length];
    if (this.passes(key, pointer, () => this.flag(key, flag, pointer))) return;
    this.flags.length = flags;
    this.partial.length = partial;
  }

  /** False: it is passed over. */
  private passes(name: string, pointer: string, read: () => void): boolean {
    const known = this.defects.length;
    read();
    const [defect] = this.options.lenient === true ? this.defects.splice(known) : [];
    if (defect) this.passedOver.push({ name, pointer, defect });
    return !defect;
  }

  private flag(key: string, flag: JsonValue, pointer: string): void {
    if (!isPlainObject(flag)) {
      this.add(pointer, 'wrong-type', 'A flag is an object.');
      return;
    }
    const { state, variants, defaultVariant, targeting, metadata } = flag;
    const isPart = this.options.partial === true && (state === undefined || variants === undefined);
    if (key === '') this.add(pointer, 'required', 'A flag has a key.');
    if (state !== 'ENABLED' && state !== 'DISABLED' && !(isPart && state === undefined))
      this.add(pointerTo(pointer, 'state'), 'is-in', 'The state is "ENABLED" or "DISABLED".');
    if (defaultVariant !== undefined && defaultVariant !== null && typeof defaultVariant !== 'string') {
      this.add(pointerTo(pointer, 'defaultVariant'), 'wrong-type', 'The default variant is the key of a variant, or null.');
    }
    this.metadata(metadata, pointerTo(pointer, 'metadata'));
    if (targeting !== undefined) this.targeting(targeting, pointerTo(pointer, 'targeting'));
    const { facts, left } = factsOf(flag);
    const enabled = state === 'ENABLED';
    if (isPart) {
      this.assertSaysWhatDiffers(flag, pointer);
      this.partial.push({
        ...{ key, pointer, facts, left },
        ...(state !== undefined && { enabled }),
        ...(typeof defaultVariant === 'string' && { defaultVariant }),
        ...(isPlainObject(targeting) && { targeting }),
      });
      return;
    }
    const type = this.typeOf(variants, pointerTo(pointer, 'variants'));
    if (type === undefined) return;
    this.flags.push({
      ...{ key, pointer, facts, left, type, enabled, variants: variants as JsonObject },
      defaultVariant: typeof defaultVariant === 'string' ? defaultVariant : null,
      targeting: isPlainObject(targeting) ? targeting : {},
    });
  }

  private assertSaysWhatDiffers({ variants, defaultVariant }: JsonObject, pointer: string): void {
    if (defaultVariant === null)
      this.add(
        pointerTo(pointer, 'defaultVariant'),
        'not-expressible',
        'An environment cannot say that it has none: leave it out to inherit it.',
      );
    if (variants !== undefined)
      this.add(
        pointerTo(pointer, 'state'),
        'required',
        'A flag with variants has a state; leave the variants out to inherit them.',
      );
  }

  /** All variants have one kind. */
  private typeOf(variants: JsonValue | undefined, pointer: string): FlagType | undefined {
    if (!isPlainObject(variants)) {
      this.add(pointer, 'required', 'A flag has variants: an object of values by their keys.');
      return;
    }
    const kinds = Object.values(variants).map(kindOf);
    const [kind] = kinds;
    if (kind === undefined) {
      this.add(pointer, 'too-few', 'A flag has at least one variant.');
      return;
    }
    if (Object.hasOwn(variants, '')) this.add(pointerTo(pointer, ''), 'too-short', 'The key of a variant is not empty.');
    const first = kinds.find((one) => one !== null) ?? null;
    const odd = kinds.findIndex((one) => one === null || one !== first);
    if (odd < 0 && kind !== null) return kind;
    const detail = 'The variants of a flag are all truths, all texts, all numbers or all objects.';
    this.add(pointerTo(pointer, Object.keys(variants)[odd] as string), 'wrong-type', detail);
    return undefined;
  }

  private targeting(targeting: JsonValue, pointer: string): void {
    for (const defect of validateRules([{ id: 'targeting', targeting }])) {
      this.add(pointer + defect.pointer.slice('/0/targeting'.length), defect.code, defect.detail);
    }
  }

  private metadata(metadata: JsonValue | undefined, pointer: string): void {
    if (metadata === undefined) return;
    if (!isPlainObject(metadata)) {
      this.add(pointer, 'wrong-type', 'Metadata is an object.');
      return;
    }
    for (const [name, value] of Object.entries(metadata)) {
      if (!['string', 'number', 'boolean'].includes(typeof value)) {
        this.add(pointerTo(pointer, name), 'wrong-type', 'A value of metadata is text, a number, true or false.');
      }
    }
    if (pointer !== '/metadata') return;
    for (const name of ['flagSetId', 'version']) {
      const value = metadata[name];
      if (value === undefined) continue;
      if (typeof value !== 'string') this.add(pointerTo(pointer, name), 'wrong-type', 'It is text.');
    }
    this.left.push(...Object.keys(metadata).map((name) => `metadata.${clip(name)}`));
  }

  private add(pointer: string, code: string, detail: string): undefined {
    if (this.defects.length < 100) this.defects.push({ pointer, code, detail });
  }
}

function kindOf(value: JsonValue): FlagType | null {
  if (isPlainObject(value)) return 'json';
  return typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number' ? (typeof value as FlagType) : null;
}
