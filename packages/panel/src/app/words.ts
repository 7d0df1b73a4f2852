import type { Face } from '@flagtree/api';

/** What a cell says in words: the value, how it is drawn, and who says so. */
export interface CellWords {
  value: string;
  glyph: 'on' | 'off' | 'part' | 'chip' | 'unknown';
  /** Of a partial roll-out: how full the glyph is, 0 to 100. */
  fill: number;
  rules: string;
  origin: string;
  isOwn: boolean;
  differs: boolean;
}

const UNKNOWN: CellWords = {
  value: '—',
  glyph: 'unknown',
  fill: 0,
  rules: '',
  origin: 'Inherits from itself',
  isOwn: false,
  differs: false,
};

/** `face` null: the environment inherits from itself; undefined: not loaded, which is never shown as off. */
export function wordsOf(face: Face | null | undefined): CellWords {
  if (face === null) return UNKNOWN;
  if (face === undefined) return { ...UNKNOWN, origin: '' };
  const { on, percentage = 100, value, split, own, from, rules = 0 } = face;
  const isPart = on && (percentage < 100 || split === true);
  return {
    value: !on ? 'Off' : split ? 'Split' : isPart ? percent(percentage) : (value ?? 'On'),
    glyph: !on ? 'off' : isPart ? 'part' : value === undefined ? 'on' : 'chip',
    fill: split ? 50 : percentage,
    rules: rules === 0 ? '' : rules === 1 ? '1 rule' : `${String(rules)} rules`,
    origin: own === 'no' ? `↖ ${from ?? 'default'}` : own === 'same' ? 'Set here · same' : 'Set here',
    isOwn: own !== 'no',
    differs: own === 'differs',
  };
}

/** Three significant digits. */
export const percent = (value: number): string => `${String(Number(value.toPrecision(3)))} %`;

/** A value as one reads it, on one line. */
export function shown(value: unknown): string {
  if (value === true) return 'On';
  if (value === false) return 'Off';
  if (value === null || value === undefined) return '—';
  if (Array.isArray(value)) return value.length === 1 ? '1 entry' : `${String(value.length)} entries`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const FIELDS: Record<string, string> = {
  enabled: 'Enabled',
  percentage: 'Percentage',
  defaultVariant: 'Default variant',
  offVariant: 'Variant when off',
  rules: 'Rules',
  variants: 'Variants',
};

export const fieldName = (field: string): string => FIELDS[field] ?? field;

/** One field of a flag, as one reads it. */
export function fieldValue(field: string, value: unknown): string {
  if (field === 'percentage' && typeof value === 'number') return percent(value);
  if (field === 'rules' && Array.isArray(value)) return value.length === 1 ? '1 rule' : `${String(value.length)} rules`;
  if (field === 'variants' && Array.isArray(value)) return value.length === 1 ? '1 variant' : `${String(value.length)} variants`;
  return shown(value);
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** "3 days ago"; the exact instant belongs into a title. */
export function ago(instant: string, now = Date.now()): string {
  const passed = Date.parse(instant) - now;
  for (const [unit, ms] of UNITS) if (Math.abs(passed) >= ms) return relative.format(Math.round(passed / ms), unit);
  return 'just now';
}
