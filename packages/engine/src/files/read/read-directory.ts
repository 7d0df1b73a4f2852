import { FLAG_KEY, SLUG } from '../../state/names.js';
import { SEGMENT_MEMBERS } from '../../states/item-checks.js';
import { validateRules } from '../../validate/rules/validate-rules.js';
import type { JsonObject, JsonValue } from '../../types.js';
import { didYouMean } from '../nearest.js';
import type {
  DeclaredCheck,
  DeclaredFlag,
  DeclaredOverride,
  DeclaredSegment,
  Directory,
  Finding,
  FilePlace,
  SourceFile,
} from '../words.js';
import { readChecksFile } from './checks-file.js';
import { readBase, readOverlay } from './flag-entries.js';
import { roleOf } from './layout.js';
import { namedIn, objectIn } from './members.js';
import { NO_POLICY, readPolicyFile } from './policy-file.js';
import { Report, within } from './report.js';
import { readTreeFile, type TreeFile } from './tree-file.js';

export interface ReadDirectory {
  directory: Directory;
  /** What is wrong with the files by themselves. */
  report: Report;
}

/** What the files say. The order of the files does not matter. */
export function readDirectory(files: readonly SourceFile[]): ReadDirectory {
  const report = new Report();
  const reader = new DirectoryReader(report);
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const wanted of ['policy', 'environments', 'segments', 'base', 'environment', 'checks'] as const) {
    for (const { path, content } of sorted) {
      const role = roleOf(path);
      if (role.role === wanted) reader.take(role, path, content);
    }
  }
  for (const { path } of sorted)
    if (roleOf(path).role === 'nothing')
      report.warning(
        { file: path, pointer: '' },
        'not-read',
        `Nothing is read from it: flags stand in _base/ and in directories of environments.`,
      );
  return { directory: reader.directory(), report };
}

export function findingsOf({ report }: ReadDirectory): Finding[] {
  return report.findings;
}

class DirectoryReader {
  private policy = NO_POLICY;
  private tree: TreeFile | null = null;
  private readonly flags = new Map<string, DeclaredFlag>();
  private readonly overrides = new Map<string, DeclaredOverride>();
  private readonly segments = new Map<string, DeclaredSegment>();
  private readonly checks = new Map<string, DeclaredCheck>();
  private readonly contexts: Directory['contexts'][number][] = [];
  /** By slug, the directory that has its files. */
  private readonly directories = new Map<string, string>();
  private readonly refused = new Set<string>();

  constructor(private readonly report: Report) {}

  take(role: ReturnType<typeof roleOf>, file: string, content: JsonValue): void {
    switch (role.role) {
      case 'policy':
        this.policy = readPolicyFile(content, file, this.report);
        this.report.policy = this.policy.rules;
        return;
      case 'environments':
        this.tree = readTreeFile(content, file, this.report);
        return;
      case 'segments':
        this.segmentFile(content, file);
        return;
      case 'base':
        this.baseFile(content, file);
        return;
      case 'environment':
        this.environmentFile(role.directory, content, file);
        return;
      case 'checks':
        this.checksFile(content, file);
        return;
      case 'nothing':
    }
  }

  directory(): Directory {
    return {
      source: this.tree?.source ?? null,
      tree: this.tree?.environments ?? null,
      environments: [...this.directories.keys()].sort(),
      flags: this.flags,
      overrides: [...this.overrides.values()],
      segments: this.segments,
      checks: [...this.checks.values()],
      contexts: this.contexts,
      policy: this.policy,
    };
  }

  private baseFile(content: JsonValue, file: string): void {
    const root: FilePlace = { file, pointer: '' };
    const document = objectIn(content, root, 'A file of _base', ['$schema', 'flags', '$evaluators', 'metadata'], this.report);
    if (!document) return;
    const evaluators = within(root, '$evaluators');
    for (const [key, jsonLogic] of Object.entries(namedIn(document['$evaluators'], evaluators, 'Evaluators', this.report))) {
      const place = within(evaluators, key);
      const defects = validateRules([{ id: 'evaluator', targeting: jsonLogic }]);
      for (const { pointer, code, detail } of defects)
        this.report.error({ file, pointer: place.pointer + pointer.replace(/^\/0\/targeting/, '') }, code, detail);
      if (defects.length === 0) this.segment({ key, name: key, description: null, conditions: [{ jsonLogic }], place });
    }
    for (const [key, entry, place] of this.flagsIn(document, root)) {
      const known = this.flags.get(key);
      if (known) this.twice(`The flag "${key}"`, known.place, place, key);
      else {
        const flag = readBase(key, entry, place, this.report);
        if (flag) this.flags.set(key, flag);
      }
    }
  }

  private environmentFile(directory: string, content: JsonValue, file: string): void {
    const root: FilePlace = { file, pointer: '' };
    const environment = this.environmentOf(directory, root);
    if (environment === null) return;
    const document = objectIn(content, root, `A file of ${directory}`, ['$schema', 'flags'], this.report);
    if (!document) return;
    for (const [key, entry, place] of this.flagsIn(document, root)) {
      const identity = `${environment} ${key}`;
      const known = this.overrides.get(identity);
      if (known) this.twice(`"${key}" in ${directory}`, known.place, place, key);
      else {
        const override = readOverlay({ flag: key, environment }, entry, place, this.report);
        if (override) this.overrides.set(identity, override);
      }
    }
  }

  /** The environment that a directory is of; two names of one cannot stand beside one another. */
  private environmentOf(directory: string, at: FilePlace): string | null {
    if (this.refused.has(directory)) return null;
    const declared = this.tree?.environments.find(({ slug, aliases = [] }) => slug === directory || aliases.includes(directory));
    const refuse = (rule: string, message: string): null => {
      this.refused.add(directory);
      this.report.error(at, rule, message);
      return null;
    };
    if (!declared && this.tree) {
      const names = this.tree.environments.flatMap(({ slug, aliases = [] }) => [slug, ...aliases]);
      return refuse(
        'unknown-environment',
        `"${directory}/" is no environment of environments.yaml.${didYouMean(directory, [...names, '_base', 'checks'])}`,
      );
    }
    if (!declared && !SLUG.test(directory))
      return refuse(
        'bad-environment',
        `"${directory}/" is no name that an environment can have.${didYouMean(directory, ['_base', 'checks'])}`,
      );
    const slug = declared?.slug ?? directory;
    const other = this.directories.get(slug);
    if (other !== undefined && other !== directory)
      return refuse('two-directories', `"${directory}/" and "${other}/" are the same environment: keep one of them.`);
    this.directories.set(slug, directory);
    return slug;
  }

  private *flagsIn(document: JsonObject, root: FilePlace): Generator<[string, JsonValue, FilePlace]> {
    const at = within(root, 'flags');
    if (document['flags'] === undefined) this.report.error(root, 'required', 'The file needs "flags".');
    for (const [key, entry] of Object.entries(namedIn(document['flags'], at, 'Flags', this.report))) {
      const place = within(at, key);
      if (FLAG_KEY.test(key)) yield [key, entry, place];
      else
        this.report.error(
          place,
          'bad-key',
          'A key is 1–255 of letters, digits, ".", "_", "-", and begins with a letter or digit.',
          { of: 'key' },
        );
    }
  }

  private segmentFile(content: JsonValue, file: string): void {
    const root: FilePlace = { file, pointer: '' };
    const document = objectIn(content, root, 'segments.yaml', ['$schema', 'segments'], this.report);
    const at = within(root, 'segments');
    for (const [key, value] of Object.entries(namedIn(document?.['segments'], at, 'Segments', this.report))) {
      const place = within(at, key);
      const entry = objectIn(value, place, `The segment "${key}"`, ['name', 'description', 'conditions'], this.report);
      if (!entry) continue;
      const item = { key, name: key, description: null, conditions: [], ...entry };
      const defects = Object.entries(SEGMENT_MEMBERS).flatMap(([name, { check }]) =>
        check((item as Record<string, unknown>)[name], item).map((defect) => ({
          ...defect,
          pointer: (name === 'key' ? '' : `/${name}`) + defect.pointer,
        })),
      );
      for (const { pointer, code, detail } of defects)
        this.report.error({ file, pointer: place.pointer + pointer }, code, detail);
      if (defects.length === 0) this.segment({ ...item, place });
    }
  }

  private segment(segment: DeclaredSegment): void {
    const known = this.segments.get(segment.key);
    if (known) this.twice(`The segment "${segment.key}"`, known.place, segment.place);
    else this.segments.set(segment.key, segment);
  }

  private checksFile(content: JsonValue, file: string): void {
    const { checks, contexts } = readChecksFile(content, file, this.report);
    this.contexts.push(...contexts);
    for (const check of checks) {
      const identity = `${check.flag} ${check.name}`;
      const known = this.checks.get(identity);
      if (known) this.twice(`The check "${check.name}" of "${check.flag}"`, known.place, check.place, check.flag);
      else this.checks.set(identity, { ...check, environment: this.slugOf(check.environment) });
    }
  }

  private slugOf(name: string | null): string | null {
    if (name === null) return null;
    return this.tree?.environments.find(({ slug, aliases = [] }) => slug === name || aliases.includes(name))?.slug ?? name;
  }

  private twice(what: string, first: FilePlace, second: FilePlace, flag?: string): void {
    this.report.error(second, 'duplicate', `${what} stands in ${first.file} already: keep one of them.`, {
      of: 'key',
      ...(flag !== undefined && { flag }),
    });
  }
}
