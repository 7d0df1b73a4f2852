import type { Defect, JsonObject, JsonValue } from '../engine/types.js';
import { Invalid } from '../platform/http/problems/problem.js';
import { ENVIRONMENT_MEMBERS, FLAG_MEMBERS, type Member, OVERRIDE_MEMBERS, SEGMENT_MEMBERS } from './item-checks.js';
import { CORE_SECTIONS, type CoreSection, FORMAT, type StatesDocument, VERSION } from './states-document.js';

/** More help nobody. */
const MAX_DEFECTS = 100;
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

/**
 * A parsed file as a document in which nothing is absent that an item can have. Everything that is wrong with its shape is told with its
 * place; what only holds together with what is stored is for the plan to judge.
 * @throws {Invalid}
 */
export function checkDocument(
  value: unknown,
  otherSections: ReadonlyMap<string, (items: unknown[]) => Defect[]>,
): StatesDocument {
  const defects: Defect[] = [];
  const add = into(defects);
  if (!isObject(value))
    throw new Invalid('invalid-document', 'A document of states is a JSON object.', [
      { pointer: '', code: 'wrong-type', detail: 'Send what an export gave.' },
    ]);
  if (value['format'] !== FORMAT) add('/format', 'unknown-format', `It is "${FORMAT}".`);
  if (value['version'] !== VERSION) add('/version', 'unknown-version', `This server reads version ${String(VERSION)}.`);
  if (value['selection'] !== undefined) checkSelection(value['selection'], add);
  const document: Record<string, unknown> = {};
  for (const [name, section] of Object.entries(value)) {
    const pointer = `/${escape(name)}`;
    if (['format', 'version', 'selection'].includes(name)) document[name] = section;
    else if (isCore(name)) document[name] = checkSection(name, section, pointer, add);
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
  if (defects.length === 0) return document as unknown as StatesDocument;
  const count =
    defects.length === 1
      ? 'One thing is'
      : `${defects.length === MAX_DEFECTS ? 'At least ' : ''}${String(defects.length)} things are`;
  throw new Invalid('invalid-document', `${count} wrong with the document: see errors. Nothing was changed.`, defects);
}

type Add = (pointer: string, code: string, detail: string) => void;

function into(defects: Defect[]): Add {
  return (pointer, code, detail) => {
    if (defects.length < MAX_DEFECTS) defects.push({ pointer, code, detail });
  };
}

function checkSection(name: CoreSection, section: unknown, at: string, add: Add): JsonObject[] {
  if (!Array.isArray(section)) return (add(at, 'wrong-type', 'A section is a list.'), []);
  if (section.length > MAX_ITEMS[name])
    return (add(at, 'too-many', `There are at most ${String(MAX_ITEMS[name])} ${name}, not ${String(section.length)}.`), []);
  return checkItems(section, MEMBERS[name], IDENTITY[name], at, add);
}

function checkItems(
  items: unknown[],
  members: Record<string, Member>,
  identityOf: (item: Record<string, unknown>) => string,
  at: string,
  add: Add,
): JsonObject[] {
  const seen = new Map<string, number>();
  return items.flatMap((item, index) => {
    const pointer = `${at}/${String(index)}`;
    if (!isObject(item)) return (add(pointer, 'wrong-type', 'It is an object.'), []);
    const complete = checkItem(item, members, pointer, add);
    const identity = identityOf(item);
    const first = seen.get(identity);
    if (first !== undefined) add(pointer, 'duplicate', `It is the same as ${at}/${String(first)}: keep one of them.`);
    else seen.set(identity, index);
    return [complete];
  });
}

/** The defects of a list of items that a table of members describes; `identity` tells two of the same. */
export function membersDefects(
  items: unknown[],
  members: Record<string, Member>,
  identity: (item: Record<string, unknown>) => string,
): Defect[] {
  const defects: Defect[] = [];
  checkItems(items, members, identity, '', into(defects));
  return defects;
}

function checkItem(item: Record<string, unknown>, members: Record<string, Member>, at: string, add: Add): JsonObject {
  for (const name of Object.keys(item)) {
    if (!Object.hasOwn(members, name))
      add(`${at}/${escape(name)}`, 'unknown-property', `There is no property "${name.slice(0, 60)}" here.`);
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
  if (!isObject(selection)) {
    add('/selection', 'wrong-type', 'It is an object.');
    return;
  }
  for (const [name, words] of Object.entries(selection)) {
    if (!['flags', 'tags', 'environments'].includes(name))
      add(`/selection/${escape(name)}`, 'unknown-property', 'It has flags, tags and environments.');
    else if (
      !Array.isArray(words) ||
      words.length > 5_000 ||
      !words.every((word) => typeof word === 'string' && word.length <= 255)
    ) {
      add(`/selection/${name}`, 'wrong-type', 'It is a list of at most 5000 words.');
    }
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCore = (name: string): name is CoreSection => (CORE_SECTIONS as readonly string[]).includes(name);
const escape = (name: string) => name.slice(0, 60).replaceAll('~', '~0').replaceAll('/', '~1');
