import { describe, expect, it } from '@jest/globals';
import { dispersionOverCells, dispersionOverSpans } from './dispersion.js';
import { dispersionBound } from './mixture.js';

const sixteen = (of: (cell: number) => number) => Array.from({ length: 16 }, (_, cell) => of(cell));

describe('dispersion', () => {
  it('is bounded as the table of the chi-squared distribution has it', () => {
    expect(dispersionBound(30)).toBeCloseTo(30 / 23.364, 2);
    expect(dispersionBound(15)).toBeCloseTo(15 / 10.307, 2);
  });

  it('is 1 where failures come evenly, and not known where there are none', () => {
    expect(dispersionOverCells([{ exposures: sixteen(() => 100), failures: sixteen(() => 3) }])).toBe(1);
    expect(dispersionOverCells([{ exposures: sixteen(() => 100), failures: sixteen(() => 0) }])).toBe(null);
    expect(dispersionOverCells([{ exposures: sixteen(() => 0), failures: sixteen(() => 0) }])).toBe(null);
  });

  it('grows with the size of the lumps', () => {
    const lumps = (size: number) => [
      { exposures: sixteen(() => 1_000), failures: sixteen((cell) => (cell % 3 === 0 ? size : 0)) },
      { exposures: sixteen(() => 1_000), failures: sixteen((cell) => (cell % 5 === 0 ? size : 0)) },
    ];
    expect(dispersionOverCells(lumps(20))! / dispersionOverCells(lumps(10))!).toBeCloseTo(2, 9);
  });

  it('is told from spans of time where there are no cells', () => {
    const span = (treatment: number) => ({
      stage: 0,
      exposures: { treatment: 100, control: 100 },
      failures: { treatment, control: 10 - treatment },
    });
    expect(
      dispersionOverSpans(
        Array.from({ length: 20 }, () => span(5)),
        1,
      ),
    ).toBe(1);
    expect(
      dispersionOverSpans(
        Array.from({ length: 20 }, (_, index) => span(index % 2 ? 10 : 0)),
        1,
      ),
    ).toBeGreaterThan(10);
    expect(dispersionOverSpans([span(0), span(10)], 1)).toBe(null);
  });
});
