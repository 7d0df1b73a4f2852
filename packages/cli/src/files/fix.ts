import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deepEqual, type Finding, type JsonValue, type SourceFile } from '../engine.js';
import { CommandError } from '../command-error.js';
import { textOf } from './findings.js';
import { parseFile } from './parse-file.js';
import { Places } from './places.js';
import type { FilesRead } from './read-files.js';

/** Writes what findings suggest, each in its place, and nothing else of a file. The paths of the files that changed. */
export function writeSuggestions(read: FilesRead, findings: readonly Finding[]): string[] {
  const found = findings.filter(({ suggestion }) => suggestion !== undefined);
  const paths = [...new Set(found.map(({ file }) => file))];
  const written = paths.map((path) => [path, fixedText(read, path, found.filter(({ file }) => file === path))] as const); // prettier-ignore
  replaceFiles(read.directory, written);
  return written.map(([path]) => path);
}

function fixedText(read: FilesRead, path: string, findings: readonly Finding[]): string {
  let text = textOf(read, path);
  const places = new Places(text);
  const edits = findings.flatMap(({ suggestion }) => {
    const span = suggestion && places.span(suggestion.at);
    return span ? [{ ...span, value: suggestion.value, at: suggestion.at }] : [];
  });
  for (const { start, end, value } of edits.sort((a, b) => b.start - a.start))
    text = text.slice(0, start) + JSON.stringify(value) + text.slice(end);
  const wanted = edits.reduce<JsonValue>(
    (content, { at, value }) => withValue(content, at.split('/').slice(1), value),
    contentOf(read.files, path),
  );
  const parsed = parseFile(path, Buffer.from(text));
  if (!('value' in parsed) || !deepEqual(parsed.value, wanted))
    throw new CommandError(
      `${join(read.directory, path)} cannot be mended by itself: write what the warnings say by hand. Nothing was written.`,
    );
  return text;
}

function contentOf(files: readonly SourceFile[], path: string): JsonValue {
  return files.find((file) => file.path === path)?.content ?? null;
}

function withValue(content: JsonValue, [part, ...rest]: readonly string[], value: JsonValue): JsonValue {
  if (part === undefined) return value;
  const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
  if (Array.isArray(content)) return content.map((item, index) => (index === Number(name) ? withValue(item, rest, value) : item));
  const members = (content ?? {}) as { [name: string]: JsonValue };
  return { ...members, [name]: withValue(members[name] ?? null, rest, value) };
}

/** Beside them first, then each in its place; where one cannot be written, none is. */
function replaceFiles(directory: string, written: readonly (readonly [path: string, text: string])[]): void {
  const beside: [string, string][] = [];
  try {
    for (const [path, text] of written) {
      const place = join(directory, path);
      writeFileSync(`${place}.flagtree-new`, text);
      beside.push([`${place}.flagtree-new`, place]);
    }
    for (const [from, to] of beside) renameSync(from, to);
  } catch (cause) {
    for (const [from] of beside) rmSync(from, { force: true });
    throw new CommandError(`The files cannot be written (${(cause as NodeJS.ErrnoException).code ?? String(cause)}).`, 1, {
      cause,
    });
  }
}
