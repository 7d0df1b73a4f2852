import type { Style } from './style.js';
import { cut, harmless, padded, widthOf } from './width.js';

/** Columns two blanks apart; the last one is cut to the terminal's width. Without rows `none` is said. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
  { colours, columns }: Style,
  none = 'None.',
): string {
  if (rows.length === 0) return none;
  const cells = [headings, ...rows].map((row) => row.map((cell) => harmless(cell === null ? '-' : String(cell))));
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ''))));
  return cells
    .map((row, index) => {
      const line = row.map((cell, column) => (column === row.length - 1 ? cell : padded(cell, widths[column] ?? 0))).join('  ');
      const fitting = cut(line.trimEnd(), columns);
      return index === 0 ? colours.bold(fitting) : fitting;
    })
    .join('\n');
}

/** Names and what they are, below each other. */
export function facts(
  pairs: readonly (readonly [name: string, value: string | number | boolean | null])[],
  { colours }: Style,
): string {
  const width = Math.max(...pairs.map(([name]) => widthOf(name)));
  return pairs
    .map(([name, value]) => `${colours.dim(padded(name, width))}  ${harmless(value === null ? '-' : String(value))}`)
    .join('\n');
}
