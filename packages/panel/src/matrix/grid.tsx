import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, type MouseEvent, memo, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { MatrixEnvironment } from '@flagtree/api';
import { ago } from '../app/words.js';
import { Cell } from './cell.js';
import type { LoadedMatrix, LoadedRow } from './use-matrix.js';
import { isSameSpan, keyWidthIn, type Place, placeAfter, scrollTo, SIZES, type Span, spanOf } from './windowing.js';
import './matrix.css';

interface GridProps {
  matrix: LoadedMatrix;
  onOpen: (row: LoadedRow, environment: MatrixEnvironment) => void;
  onToggle: (row: LoadedRow, environment: MatrixEnvironment) => void;
}

/** A real table, of which only what can be seen exists. Which cell has the focus is no state: nothing is rendered when it moves. */
export function Grid({ matrix, onOpen, onToggle }: GridProps) {
  const { environments, rows } = matrix;
  const scroll = useRef<HTMLDivElement>(null);
  const focused = useRef<Place>({ row: 0, column: 0 });
  const hasToFocus = useRef(false);
  const [span, setSpan] = useState<Span>({ rowFrom: 0, rowTo: 16, columnFrom: 0, columnTo: 8 });

  const look = useCallback(() => {
    const element = scroll.current;
    if (!element) return;
    const next = spanOf(viewportOf(element), rows.length, environments.length);
    setSpan((before) => (isSameSpan(before, next) ? before : next));
  }, [rows.length, environments.length]);

  useEffect(() => {
    look();
    const observer = new ResizeObserver(look);
    if (scroll.current) observer.observe(scroll.current);
    return () => {
      observer.disconnect();
    };
  }, [look]);

  useLayoutEffect(() => {
    const element = scroll.current;
    if (!element) return;
    for (const other of element.querySelectorAll('[tabindex="0"][data-row]')) other.setAttribute('tabindex', '-1');
    const cell = element.querySelector<HTMLElement>(selectorOf(focused.current));
    element.tabIndex = cell ? -1 : 0;
    cell?.setAttribute('tabindex', '0');
    if (hasToFocus.current && cell) {
      hasToFocus.current = false;
      cell.focus({ preventScroll: true });
    }
  });

  const moveTo = (place: Place) => {
    const element = scroll.current;
    if (!element) return;
    focused.current = place;
    hasToFocus.current = true;
    const { top, left } = scrollTo(place, viewportOf(element));
    element.scrollTop = top;
    if (place.column >= 0) element.scrollLeft = left;
    look();
    const cell = element.querySelector<HTMLElement>(selectorOf(place));
    if (!cell) return;
    for (const other of element.querySelectorAll('[tabindex="0"][data-row]')) other.setAttribute('tabindex', '-1');
    cell.setAttribute('tabindex', '0');
    cell.focus({ preventScroll: true });
    hasToFocus.current = false;
  };

  const act = (place: Place, what: GridProps['onOpen']) => {
    const row = rows[place.row];
    const environment = environments[place.column];
    if (row && environment) what(row, environment);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLAnchorElement && event.key === 'Enter') return;
    const next = placeAfter(event.key, event.ctrlKey || event.metaKey, focused.current, {
      rows: rows.length,
      columns: environments.length,
    });
    if (next) {
      event.preventDefault();
      moveTo(next);
    } else if (event.key === 'Enter' && focused.current.column < 0) {
      event.preventDefault();
      scroll.current?.querySelector<HTMLElement>(`${selectorOf(focused.current)} a`)?.click();
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      act(focused.current, event.key === ' ' ? onToggle : onOpen);
    }
  };

  const onClick = (event: MouseEvent) => {
    const cell = (event.target as Element).closest<HTMLElement>('td[data-row]');
    if (!cell) return;
    const place = { row: Number(cell.dataset['row']), column: Number(cell.dataset['column']) };
    focused.current = place;
    act(place, onOpen);
  };

  const keyWidth = keyWidthIn(innerWidth);
  const shown = environments.slice(span.columnFrom, span.columnTo);
  return (
    <div className="scroll" ref={scroll} onScroll={look} onKeyDown={onKeyDown} onClick={onClick}>
      <div
        className="sizer"
        style={{
          width: keyWidth + environments.length * SIZES.column,
          height: SIZES.header + rows.length * SIZES.row,
        }}
      >
        <table
          className="grid"
          role="grid"
          aria-label="Flags by environment"
          aria-rowcount={matrix.total + 1}
          aria-colcount={environments.length + 1}
          style={{
            top: span.rowFrom * SIZES.row,
            left: span.columnFrom * SIZES.column,
            width: keyWidth + shown.length * SIZES.column,
          }}
        >
          <thead>
            <tr aria-rowindex={1}>
              <th className="corner" scope="col">
                <div>
                  <b>Flag</b>
                </div>
              </th>
              {shown.map((environment, at) => (
                <Heading key={environment.slug} environment={environment} column={span.columnFrom + at} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(span.rowFrom, span.rowTo).map((row, at) => (
              <Row key={row.key} row={row} at={span.rowFrom + at} from={span.columnFrom} to={span.columnTo} />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

const Heading = memo(function Heading({ environment, column }: { environment: MatrixEnvironment; column: number }) {
  const { slug, parent, protected: isProtected, requireApproval, may, isActive } = environment;
  const guard = !isActive ? 'Inactive' : isProtected ? 'Protected' : requireApproval ? 'Approval' : null;
  return (
    <th scope="col" aria-colindex={column + 2} className={isProtected ? 'protected' : ''} title={slug}>
      <div>
        <b>{slug}</b>
        <span>{parent === null ? 'Root' : `↖ ${parent}`}</span>
        {guard ? <span className="warn">{guard}</span> : may === 'read' && <span>Read only</span>}
      </div>
    </th>
  );
});

interface RowProps {
  row: LoadedRow;
  at: number;
  from: number;
  to: number;
}

const Row = memo(function Row({ row, at, from, to }: RowProps) {
  const details = [row.type, row.owner, ago(row.updatedAt)].filter(Boolean).join(' · ');
  return (
    <tr aria-rowindex={at + 2}>
      <th scope="row" className="flag" data-row={at} data-column={-1} tabIndex={-1}>
        <div>
          <Link to="/flags/$key" params={{ key: row.key }} className="key mono" tabIndex={-1} title={row.name}>
            {row.key}
          </Link>
          <span title={row.updatedAt}>{details}</span>
        </div>
      </th>
      {row.faces.slice(from, to).map((face, index) => (
        <Cell key={from + index} face={face} row={at} column={from + index} />
      ))}
    </tr>
  );
});

const selectorOf = ({ row, column }: Place) => `[data-row="${String(row)}"][data-column="${String(column)}"]`;

const viewportOf = ({ scrollTop, scrollLeft, clientWidth, clientHeight }: HTMLElement) => ({
  top: scrollTop,
  left: scrollLeft,
  width: clientWidth,
  height: clientHeight,
  keyWidth: keyWidthIn(innerWidth),
});
