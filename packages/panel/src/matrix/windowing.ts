/** Sizes in px. They are those of matrix.css. */
export const SIZES = { row: 48, header: 72, column: 160 } as const;

/** The column of the flags' keys, which stays in sight; narrow screens have to leave room for a cell beside it. */
export const keyWidthIn = (screenWidth: number): number => (screenWidth <= 640 ? 136 : 264);

/** The cells that exist: half open, rows and columns by number. */
export interface Span {
  rowFrom: number;
  rowTo: number;
  columnFrom: number;
  columnTo: number;
}

const ROWS_AROUND = 4;
const COLUMNS_AROUND = 1;

interface Viewport {
  top: number;
  left: number;
  width: number;
  height: number;
  /** Of the column that stays in sight. */
  keyWidth: number;
}

/** What has to exist so that the viewport is full: what can be seen, and a few more. */
export function spanOf({ top, left, width, height, keyWidth }: Viewport, rows: number, columns: number): Span {
  const rowsFrom = Math.floor(top / SIZES.row);
  const rowsSeen = Math.ceil(Math.max(0, height - SIZES.header) / SIZES.row);
  const columnsFrom = Math.floor(left / SIZES.column);
  const columnsSeen = Math.ceil(Math.max(0, width - keyWidth) / SIZES.column);
  return {
    rowFrom: clamp(rowsFrom - ROWS_AROUND, rows),
    rowTo: clamp(rowsFrom + rowsSeen + 1 + ROWS_AROUND, rows),
    columnFrom: clamp(columnsFrom - COLUMNS_AROUND, columns),
    columnTo: clamp(columnsFrom + columnsSeen + 1 + COLUMNS_AROUND, columns),
  };
}

export const isSameSpan = (a: Span, b: Span): boolean =>
  a.rowFrom === b.rowFrom && a.rowTo === b.rowTo && a.columnFrom === b.columnFrom && a.columnTo === b.columnTo;

export interface Place {
  row: number;
  column: number;
}

/** Where to scroll so that a cell can be seen, with one row and one column of its surroundings. */
export function scrollTo({ row, column }: Place, viewport: Viewport): { top: number; left: number } {
  const height = viewport.height - SIZES.header;
  const width = viewport.width - viewport.keyWidth;
  return {
    top: within(viewport.top, (row + 2) * SIZES.row - height, Math.max(0, row - 1) * SIZES.row),
    left: within(viewport.left, (column + 2) * SIZES.column - width, Math.max(0, column - 1) * SIZES.column),
  };
}

/** Where a key leads in a grid; null: it is no key of a grid. The first column is that of the flags' keys, number -1. */
export function placeAfter(
  key: string,
  hasControl: boolean,
  { row, column }: Place,
  { rows, columns }: { rows: number; columns: number },
): Place | null {
  const moved = (byRow: number, byColumn: number): Place => ({
    row: Math.max(0, Math.min(rows - 1, row + byRow)),
    column: Math.max(-1, Math.min(columns - 1, column + byColumn)),
  });
  switch (key) {
    case 'ArrowDown':
      return moved(1, 0);
    case 'ArrowUp':
      return moved(-1, 0);
    case 'ArrowRight':
      return moved(0, 1);
    case 'ArrowLeft':
      return moved(0, -1);
    case 'PageDown':
      return moved(10, 0);
    case 'PageUp':
      return moved(-10, 0);
    case 'Home':
      return hasControl ? { row: 0, column: -1 } : { row, column: -1 };
    case 'End':
      return hasControl ? { row: rows - 1, column: columns - 1 } : { row, column: columns - 1 };
    default:
      return null;
  }
}

const clamp = (value: number, most: number) => Math.max(0, Math.min(most, value));

/** `value`, moved as little as it takes to lie from `least` to `most`; `most` counts where they cross. */
const within = (value: number, least: number, most: number) => Math.max(0, Math.min(Math.max(value, least), most));
