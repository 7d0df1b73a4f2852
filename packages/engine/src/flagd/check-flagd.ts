import { validateRules } from '../validate/validate-rules.js';
import type { Defect, FlagType, JsonObject, JsonValue } from '../types.js';

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
  metadata: JsonObject;
}

export interface FlagdDefinitions {
  flags: FlagdDefinition[];
  evaluators: { [key: string]: JsonValue };
  defects: Defect[];
}

/** Reads flagd's flag definitions, its flags in a list or by key; the defects are what flagd's schema has against them. */
export function readFlagd(document: unknown): FlagdDefinitions {
  const reader = new Reader();
  const flags = reader.document(document);
  return { flags, evaluators: reader.evaluators, defects: reader.defects };
}

class Reader {
  readonly defects: Defect[] = [];
  evaluators: { [key: string]: JsonValue } = {};

  document(document: unknown): FlagdDefinition[] {
    if (!isObject(document)) return this.nothing('', 'wrong-type', 'Flag definitions of flagd are a JSON object with "flags".');
    this.metadata(document['metadata'], '/metadata');
    const { $evaluators: evaluators = {}, flags } = document;
    if (!isObject(evaluators)) this.add('/$evaluators', 'wrong-type', 'Evaluators are an object.');
    else {
      this.evaluators = evaluators;
      for (const [key, expression] of Object.entries(evaluators)) this.targeting(expression, `/$evaluators/${escape(key)}`);
    }
    if (flags === undefined) return this.nothing('/flags', 'required', 'Flag definitions have "flags".');
    if (isObject(flags)) return Object.entries(flags).flatMap(([key, flag]) => this.flag(key, flag, `/flags/${escape(key)}`));
    if (!Array.isArray(flags)) return this.nothing('/flags', 'wrong-type', 'Flags are an object, or a list.');
    return flags.flatMap((flag: JsonValue, index) => {
      const pointer = `/flags/${String(index)}`;
      const key = isObject(flag) ? flag['key'] : undefined;
      return this.flag(typeof key === 'string' ? key : '', flag, pointer);
    });
  }

  private flag(key: string, flag: JsonValue, pointer: string): FlagdDefinition[] {
    if (!isObject(flag)) return this.nothing(pointer, 'wrong-type', 'A flag is an object.');
    const { state, variants, defaultVariant = null, targeting = {}, metadata = {} } = flag;
    if (key === '') this.add(pointer, 'required', 'A flag has a key.');
    if (state !== 'ENABLED' && state !== 'DISABLED')
      this.add(`${pointer}/state`, 'is-in', 'The state is "ENABLED" or "DISABLED".');
    if (defaultVariant !== null && typeof defaultVariant !== 'string') {
      this.add(`${pointer}/defaultVariant`, 'wrong-type', 'The default variant is the key of a variant, or null.');
    }
    this.metadata(metadata, `${pointer}/metadata`);
    this.targeting(targeting, `${pointer}/targeting`);
    const type = this.typeOf(variants, `${pointer}/variants`);
    if (type === undefined) return [];
    return [
      {
        key,
        pointer,
        type,
        enabled: state === 'ENABLED',
        variants: variants as JsonObject,
        defaultVariant: typeof defaultVariant === 'string' ? defaultVariant : null,
        targeting: isObject(targeting) ? targeting : {},
        metadata: isObject(metadata) ? metadata : {},
      },
    ];
  }

  /** All variants have one kind. */
  private typeOf(variants: JsonValue | undefined, pointer: string): FlagType | undefined {
    if (!isObject(variants)) {
      this.add(pointer, 'required', 'A flag has variants: an object of values by their keys.');
      return;
    }
    const kinds = new Set(Object.values(variants).map(kindOf));
    const [kind] = kinds;
    if (kind === undefined) {
      this.add(pointer, 'too-few', 'A flag has at least one variant.');
      return;
    }
    if (Object.hasOwn(variants, '')) this.add(pointer, 'too-short', 'The key of a variant is not empty.');
    if (kinds.size > 1 || kind === null) {
      this.add(pointer, 'wrong-type', 'The variants of a flag are all truths, all texts, all numbers or all objects.');
      return;
    }
    return kind;
  }

  private targeting(targeting: JsonValue, pointer: string): void {
    for (const defect of validateRules([{ id: 'targeting', targeting }])) {
      this.add(pointer + defect.pointer.slice('/0/targeting'.length), defect.code, defect.detail);
    }
  }

  private metadata(metadata: JsonValue | undefined, pointer: string): void {
    if (metadata === undefined) return;
    if (!isObject(metadata)) {
      this.add(pointer, 'wrong-type', 'Metadata is an object.');
      return;
    }
    for (const [name, value] of Object.entries(metadata)) {
      if (!['string', 'number', 'boolean'].includes(typeof value)) {
        this.add(`${pointer}/${escape(name)}`, 'wrong-type', 'A value of metadata is text, a number, true or false.');
      }
    }
    const setId = pointer === '/metadata' ? ['flagSetId', 'version'] : [];
    for (const name of setId) {
      const value = metadata[name];
      if (value !== undefined && typeof value !== 'string') this.add(`${pointer}/${name}`, 'wrong-type', 'It is text.');
    }
  }

  private nothing(pointer: string, code: string, detail: string): [] {
    this.add(pointer, code, detail);
    return [];
  }

  private add(pointer: string, code: string, detail: string): undefined {
    if (this.defects.length < 100) this.defects.push({ pointer, code, detail });
  }
}

function kindOf(value: JsonValue): FlagType | null {
  if (isObject(value)) return 'json';
  return typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number' ? (typeof value as FlagType) : null;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function escape(name: string): string {
  return name.slice(0, 60).replaceAll('~', '~0').replaceAll('/', '~1');
}
