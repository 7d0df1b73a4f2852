import { Composer, type CST, type Document, isScalar, Lexer, LineCounter, type Pair, Parser, visit } from 'yaml';
import { Invalid } from '../../problems/problem.js';
import { MAX_JSON_DEPTH, type ParsedJson, parseJson } from './strict-json.js';

/** A parser that knows places takes seconds for a few megabytes, and nobody is answered meanwhile: what is longer is sent as JSON. */
export const MAX_YAML_BYTES = 1024 * 1024;
/** How often what stands behind anchors may be said again. */
const MAX_ALIASES = 100;
/** Of the parser, which has some for one of JSON. */
const MAX_LEVELS = 3 * MAX_JSON_DEPTH;
/** What aliases may make of a document. */
const MAX_JSON_CHARACTERS = 8 * MAX_YAML_BYTES;

const OPTIONS = {
  prettyErrors: false,
  schema: 'core',
  version: '1.2',
  merge: false,
  resolveKnownTags: false,
  // its own search compares each key with each other one
  uniqueKeys: false,
  logLevel: 'error',
} as const;

/**
 * One document of YAML 1.2 (core schema), read as the JSON that it stands for: with the limits and the strictness of a body of JSON.
 * @throws {Invalid} with line and column
 */
export function readYaml(text: string): ParsedJson {
  if (text === '') return { text, value: undefined };
  const lines = new LineCounter();
  const refuse: Refuse = (offset, code, detail) => {
    const { line, col } = lines.linePos(offset);
    return invalidYaml(code, `${detail} (line ${line}, column ${col}).`, { line, column: col });
  };
  const composer = new Composer({ ...OPTIONS, lineCounter: lines });
  const [document, second] = [...composer.compose(tokensOf(text, lines), true, text.length)] as Document.Parsed[];
  if (document === undefined) return parseJson(Buffer.from('null'));
  if (second) throw refuse(second.range[0], 'multiple-documents', 'There is more than one document');
  assertPlain(document, text, refuse);
  const value: unknown = document.toJS({ maxAliasCount: -1 });
  assertBounded(value);
  return parseJson(Buffer.from(JSON.stringify(value)));
}

/** What is built of them calls itself for each level, so that the levels are counted before. */
function* tokensOf(text: string, lines: LineCounter): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > MAX_LEVELS) throw tooDeep();
  }
  yield* parser.end();
}

type Refuse = (offset: number, code: string, detail: string) => Invalid;

const tooDeep = () => new Invalid('json-too-deep', `The body nests deeper than ${MAX_JSON_DEPTH} levels: flatten it.`);

function invalidYaml(code: string, detail: string, place: { line?: number; column?: number } = {}): Invalid {
  return new Invalid('invalid-yaml', `The body is not YAML that can be read: ${detail}`, [
    { pointer: '', code, detail, ...place },
  ]);
}

/** Only what JSON has, too: no tags of one's own, keys that are text and stand there once, finite numbers. */
function assertPlain(document: Document.Parsed, text: string, refuse: Refuse): void {
  const nul = text.indexOf('\0');
  if (nul >= 0) throw refuse(nul, 'nul-character', 'Text must not contain the NUL character');
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong) throw refuse(wrong.pos[0], wrong.code.toLowerCase().replaceAll('_', '-'), wrong.message);
  const { explicit, version } = document.directives.yaml;
  if (explicit === true && version !== '1.2') throw refuse(0, 'bad-directive', `It is read as YAML 1.2, not ${version}`);
  let aliases = 0;
  visit(document, {
    Alias: (_, alias) => {
      const at = alias.range?.[0] ?? 0;
      if (++aliases > MAX_ALIASES) throw refuse(at, 'excessive-aliases', `There are more than ${MAX_ALIASES} aliases`);
      if (!alias.resolve(document))
        throw refuse(at, 'bad-alias', `There is no anchor "${alias.source.slice(0, 60)}" before this alias`);
    },
    Map: (_, { items }) => assertKeys(items, refuse),
    Scalar: (_, { value, range }) => {
      if (typeof value === 'number' && !Number.isFinite(value))
        throw refuse(range?.[0] ?? 0, 'number-out-of-range', 'This number has no place in JSON');
    },
  });
}

function assertKeys(pairs: readonly Pair[], refuse: Refuse): void {
  const seen = new Set<string>();
  for (const { key } of pairs) {
    const at = (key as { range?: [number] } | null)?.range?.[0] ?? 0;
    if (!isScalar(key) || typeof key.value !== 'string')
      throw refuse(at, 'key-is-no-text', 'A key is text: put quotes around it');
    if (seen.has(key.value)) throw refuse(at, 'duplicate-key', `The key "${key.value.slice(0, 60)}" stands here more than once`);
    seen.add(key.value);
  }
}

/** Aliases stand for much more than they are, and can stand for what they are in. Ends as soon as it is too much. */
function assertBounded(value: unknown): void {
  let left = MAX_JSON_CHARACTERS;
  const count = (one: unknown, depth: number): void => {
    left -= typeof one === 'string' ? one.length + 3 : 5;
    if (left < 0) throw invalidYaml('excessive-aliases', 'Its aliases stand for too much: write out what is meant, as JSON.');
    if (typeof one !== 'object' || one === null) return;
    if (depth > MAX_JSON_DEPTH) throw tooDeep();
    for (const [key, member] of Object.entries(one)) {
      left -= key.length + 3;
      count(member, depth + 1);
    }
  };
  count(value, 1);
}
