import { memo } from 'react';
import type { Face } from '@flagtree/api';
import { wordsOf } from '../app/words.js';

interface CellProps {
  face: Face | null;
  row: number;
  column: number;
}

const KIND: Partial<Record<string, string>> = { chip: 'chipped', unknown: 'unknown' };

/** One flag in one environment. Of few elements, since hundreds of them are on the screen. */
export const Cell = memo(function Cell({ face, row, column }: CellProps) {
  const words = wordsOf(face);
  const { glyph } = words;
  return (
    <td
      role="gridcell"
      aria-colindex={column + 2}
      data-row={row}
      data-column={column}
      tabIndex={-1}
      className={`${words.isOwn ? 'own' : ''} ${KIND[glyph] ?? ''}`}
    >
      {(glyph === 'on' || glyph === 'off' || glyph === 'part') && (
        <span
          className={`g-${glyph}`}
          style={glyph === 'part' ? { ['--fill' as string]: Math.max(0.12, words.fill / 100) } : undefined}
        />
      )}
      <b>{words.value}</b>
      {words.rules !== '' && <small>{words.rules}</small>}
      <i>
        {words.origin}
        {words.differs && <span className="ne"> ≠</span>}
      </i>
      {face?.broken && <em>Broken</em>}
    </td>
  );
});
