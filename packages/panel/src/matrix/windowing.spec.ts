import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { placeAfter, scrollTo, SIZES, spanOf } from './windowing.js';

const viewport = fc.record({
  top: fc.integer({ min: 0, max: 300_000 }),
  left: fc.integer({ min: 0, max: 20_000 }),
  width: fc.integer({ min: 320, max: 4_000 }),
  height: fc.integer({ min: 200, max: 3_000 }),
  keyWidth: fc.constantFrom(136, 264),
});

describe('the window of the matrix', () => {
  it('holds every cell that can be seen, and few others', () => {
    fc.assert(
      fc.property(viewport, (view) => {
        const span = spanOf(view, 10_000, 1_000);
        const firstSeen = Math.floor(view.top / SIZES.row);
        const lastSeen = Math.floor((view.top + Math.max(0, view.height - SIZES.header) - 1) / SIZES.row);
        expect(span.rowFrom).toBeLessThanOrEqual(firstSeen);
        expect(span.rowTo).toBeGreaterThan(Math.min(lastSeen, 9_999));
        expect(span.rowTo - span.rowFrom).toBeLessThanOrEqual(view.height / SIZES.row + 12);
        expect(span.columnTo - span.columnFrom).toBeLessThanOrEqual(view.width / SIZES.column + 5);
      }),
    );
  });

  it('never reaches beyond the table', () => {
    fc.assert(
      fc.property(viewport, fc.nat(50), fc.nat(50), (view, rows, columns) => {
        const span = spanOf(view, rows, columns);
        expect([span.rowFrom >= 0, span.rowTo <= rows, span.columnFrom >= 0, span.columnTo <= columns]).not.toContain(false);
      }),
    );
  });

  it('scrolls to a cell no further than needed, with its surroundings', () => {
    const view = { top: 0, left: 0, keyWidth: 264, width: 264 + 5 * SIZES.column, height: SIZES.header + 10 * SIZES.row };
    expect(scrollTo({ row: 3, column: 2 }, view)).toEqual({ top: 0, left: 0 });
    expect(scrollTo({ row: 9, column: 4 }, view)).toEqual({ top: SIZES.row, left: SIZES.column });
    expect(scrollTo({ row: 0, column: 0 }, { ...view, top: 960, left: 800 })).toEqual({ top: 0, left: 0 });
  });
});

describe('keys of the grid', () => {
  const size = { rows: 20, columns: 3 };
  it.each([
    ['ArrowDown', false, { row: 1, column: 0 }],
    ['ArrowUp', false, { row: 0, column: 0 }],
    ['ArrowLeft', false, { row: 0, column: -1 }],
    ['End', false, { row: 0, column: 2 }],
    ['End', true, { row: 19, column: 2 }],
    ['PageDown', false, { row: 10, column: 0 }],
  ] as const)('%s leads on', (key, hasControl, wanted) => {
    expect(placeAfter(key, hasControl, { row: 0, column: 0 }, size)).toEqual(wanted);
  });

  it('leaves other keys alone', () => {
    expect(placeAfter('a', false, { row: 0, column: 0 }, size)).toBeNull();
  });
});
