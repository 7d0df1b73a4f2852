import type { Defect, JsonObject, JsonValue } from '../types.js';
import { type Interruptible, runToEnd } from '../interruptible.js';
import { isPlainObject, pointerTo } from '../json/values.js';
import { ENVIRONMENT_MEMBERS, FLAG_MEMBERS, type Member, OVERRIDE_MEMBERS, SEGMENT_MEMBERS } from './item-checks.js';
import { CORE_SECTIONS, type CoreSection, FORMAT, type StatesDocument, VERSION, VERSIONS } from './states-document.js';

/** More help nobody: at this number the search ends. */
export const MAX_DOCUMENT_DEFECTS = 100;
/** Far above what a server can serve; against files that are only meant to hurt. */
const MAX_ITEMS: Record<CoreSection, number> = { environments: 1_000, segments: 10_000, flags: 50_000, overrides: 500_000 };

const MEMBERS: Record<CoreSection, Record<string, Member>> = {
  environments: ENVIRONMENT_MEMBERS,
  segments: SEGMENT_MEMBERS,
  flags: FLAG_MEMBERS,
  overrides: OVERRIDE_MEMBERS,
};

const IDENTITY: Record<CoreSection, (item: Record<string, unknown>) => string> = {
  environments: ({ slug }) => String(slug),
  segments: ({ key }) => String(key),
  flags: ({ key }) => String(key),
  overrides: ({ environment, flag }) => `${String(environment)} ${String(flag)}`,
};

export interface CheckedDocument {
  document: StatesDocument | null;
  defects: Defect[];
}

/**
 * A parsed file as a document in which nothing is absent that an item can have. Everything that is wrong with its shape is told with its
 * place, and then the document is not there; what only holds together with what is stored is for the plan to judge.
 */
export function checkDocument(value: unknown, otherSections: OtherChecks): CheckedDocument {
  return runToEnd(slicedCheck(value, otherSections));
}

/** By the name of a section that is not of the core. */
type OtherChecks = ReadonlyMap<string, (items: unknown[]) => Defect[]>;

/** The same, in parts. */
export function* slicedCheck(value: unknown, otherSections: OtherChecks): Interruptible<CheckedDocument> {
  const defects: Defect[] = [];
  const add = into(defects);
  if (!isPlainObject(value)) {
    add('', 'wrong-type', 'A document of states is a JSON object: send what an export gave.');
    return { document: null, defects };
  }
  if (value['format'] !== FORMAT) add('/format', 'unknown-format', `It is "${FORMAT}".`);
  const version = VERSIONS.find((known) => known === value['version']);
  if (version === undefined) add('/version', 'unknown-version', `This server reads the versions ${VERSIONS.join(' and ')}.`);
  if (value['selection'] !== undefined) checkSelection(value['selection'], add);
  const document: Record<string, unknown> = {};
  for (const [name, section] of Object.entries(value)) {
    const pointer = pointerTo('', name.slice(0, 60));
    if (['format', 'version', 'selection'].includes(name)) document[name] = section;
    else if (isCore(name)) document[name] = yield* checkSection(name, section, pointer, version ?? VERSION, add);
    else if (otherSections.has(name) && Array.isArray(section)) {
      for (const defect of otherSections.get(name)?.(section) ?? []) add(pointer + defect.pointer, defect.code, defect.detail);
      document[name] = section;
    } else if (name !== '$schema') {
      if (otherSections.has(name)) add(pointer, 'wrong-type', 'A section is a list.');
      else
        add(
          pointer,
          'unknown-property',
          `There is no section "${name.slice(0, 60)}": there are ${[...CORE_SECTIONS, ...otherSections.keys()].join(', ')}.`,
        );
    }
  }
  return { document: defects.length === 0 ? (document as unknown as StatesDocument) : null, defects };
}

type Add = (pointer: string, code: string, detail: string) => void;

function into(defects: Defect[]): Add {
  return (pointer, code, detail) => {
    if (defects.length < MAX_DOCUMENT_DEFECTS) defects.push({ pointer, code, detail });
  };
}

function* checkSection(name: CoreSection, section: unknown, at: string, version: number, add: Add): Interruptible<JsonObject[]> {
  if (!Array.isArray(section)) return (add(at, 'wrong-type', 'A section is a list.'), []);
  if (section.length > MAX_ITEMS[name])
    return (add(at, 'too-many', `There are at most ${String(MAX_ITEMS[name])} ${name}, not ${String(section.length)}.`), []);
  return yield* checkItems(section, membersOf(MEMBERS[name], version), IDENTITY[name], at, add);
}

/** Those that a document of this version knows. */
function membersOf(members: Record<string, Member>, version: number): Record<string, Member> {
  return Object.fromEntries(Object.entries(members).filter(([, { since = 1 }]) => since <= version));
}

function* checkItems(
  items: unknown[],
  members: Record<string, Member>,
  identityOf: (item: Record<string, unknown>) => string,
  at: string,
  add: Add,
): Interruptible<JsonObject[]> {
  const seen = new Map<string, number>();
  const checked: JsonObject[] = [];
  for (const [index, item] of items.entries()) {
    yield;
    const pointer = `${at}/${String(index)}`;
    if (!isPlainObject(item)) {
      add(pointer, 'wrong-type', 'It is an object.');
      continue;
    }
    checked.push(checkItem(item, members, pointer, add));
    const identity = identityOf(item);
    const first = seen.get(identity);
    if (first !== undefined) add(pointer, 'duplicate', `It is the same as ${at}/${String(first)}: keep one of them.`);
    else seen.set(identity, index);
  }
  return checked;
}

/** The defects of a list of items that a table of members describes; `identity` tells two of the same. */
export function membersDefects(
  items: unknown[],
  members: Record<string, Member>,
  identity: (item: Record<string, unknown>) => string,
): Defect[] {
  const defects: Defect[] = [];
  runToEnd(checkItems(items, members, identity, '', into(defects)));
  return defects;
}

function checkItem(item: Record<string, unknown>, members: Record<string, Member>, at: string, add: Add): JsonObject {
  for (const name of Object.keys(item)) {
    if (!Object.hasOwn(members, name))
      add(pointerTo(at, name.slice(0, 60)), 'unknown-property', `There is no property "${name.slice(0, 60)}" here.`);
  }
  const complete: JsonObject = {};
  for (const [name, { check, fallback }] of Object.entries(members)) {
    if (Object.hasOwn(item, name)) {
      for (const defect of check(item[name], item)) add(`${at}/${name}${defect.pointer}`, defect.code, defect.detail);
      complete[name] = item[name] as JsonValue;
    } else if (fallback === undefined) add(`${at}/${name}`, 'required', `"${name}" is required.`);
    else complete[name] = typeof fallback === 'function' ? fallback(item) : fallback;
  }
  return complete;
}

function checkSelection(selection: unknown, add: Add): void {
  if (!isPlainObject(selection)) {
    add('/selection', 'wrong-type', 'It is an object.');
    return;
  }
  for (const [name, words] of Object.entries(selection)) {
    if (!['flags', 'tags', 'environments'].includes(name))
      add(pointerTo('/selection', name.slice(0, 60)), 'unknown-property', 'It has flags, tags and environments.');
    else if (
      !Array.isArray(words) ||
      words.length > 5_000 ||
      !words.every((word) => typeof word === 'string' && word.length <= 255)
    ) {
      add(`/selection/${name}`, 'wrong-type', 'It is a list of at most 5000 words.');
    }
  }
}

const isCore = (name: string): name is CoreSection => (CORE_SECTIONS as readonly string[]).includes(name);
