import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A fenced block of a page. Markers are HTML comments right above the fence: `<!-- not run: why -->`, `<!-- refused: 403 -->`. */
export interface Block {
  language: string;
  text: string;
  line: number;
  /** Why the tests leave it alone; null: they run it. */
  notRun: string | null;
  /** The HTTP status or SQLSTATE with which it is refused, as the page says; null: it succeeds. */
  refused: string | null;
  /** The block of JSON or text right below it, with nothing in between: what it prints. */
  prints: string | null;
}

export function readPage(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Every page of the repository's documentation, as paths from its root. */
export function pages(): string[] {
  const below = (folder: string) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => path.endsWith('.md') && !path.includes('node_modules'));
  const top = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  return [...top, ...below('docs'), ...below('examples')].map((path) => relative('.', path)).sort();
}

export function blocksOf(page: string): Block[] {
  const lines = page.split('\n');
  const blocks: (Block & { end: number })[] = [];
  for (let at = 0; at < lines.length; at++) {
    const language = /^```(\w+)$/.exec(lines[at] ?? '')?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf('```', at + 1);
    if (end === -1) throw new Error(`The fence in line ${String(at + 1)} is not closed`);
    const above = lastTextBefore(lines, at);
    blocks.push({
      language,
      text: lines.slice(at + 1, end).join('\n'),
      line: at + 1,
      notRun: /^<!-- not run: (.+) -->$/.exec(above.text)?.[1] ?? null,
      refused: /^<!-- refused: (\w+) -->$/.exec(above.text)?.[1] ?? null,
      prints: null,
      end,
    });
    const command = blocks.at(-2);
    if (command && above.line === command.end && isOutput(language)) command.prints = blocks.pop()?.text ?? null;
    at = end;
  }
  return blocks;
}

const isOutput = (language: string) => language === 'json' || language === 'text';

function lastTextBefore(lines: readonly string[], at: number): { line: number; text: string } {
  let line = at - 1;
  while (line >= 0 && lines[line]?.trim() === '') line--;
  return { line, text: lines[line] ?? '' };
}
