import { readPage } from '../docs/markdown.js';

/** What somebody is told: "yes", or one of these codes. */
export type Expected = 'yes' | readonly string[];

/** How the documentation divides those who ask. `elsewhere`: limited to environments that the request does not reach. */
export interface Asker {
  kind: 'nobody' | 'browser' | 'client' | 'viewer' | 'developer' | 'promoter' | 'admin';
  limited: 'not' | 'to it' | 'elsewhere';
  /** The code that it hears for its token itself. */
  ended?: 'token-expired' | 'token-revoked' | 'token-unknown';
}

export interface DocumentedOperation {
  operation: string;
  route: string;
  asks: string;
  reaches: string[];
  refusedAs: string[];
}

const page = readPage('docs/reference/permissions.md');
const asking = byFirst(tableBelow('What an operation asks for'));
const reaching = byFirst(tableBelow('What a request reaches'));

export const DOCUMENTED: DocumentedOperation[] = tableBelow('The operations').map((row) => ({
  operation: codes(row['Operation'])[0] ?? '',
  route: codes(row['Route'])[0] ?? '',
  asks: codes(row['Asks for'])[0] ?? '',
  reaches: codes(row['Reaches']),
  refusedAs: codes(row['Refused as']),
}));

/** By the tables of docs/reference/permissions.md. @throws where they do not say. */
export function expected({ asks, refusedAs }: DocumentedOperation, reach: string | null, asker: Asker): Expected {
  const looksAtTokens = asks !== 'public' && asks !== 'ticket';
  if (asker.ended && looksAtTokens) return [asker.ended];
  const letIn = cell(asking, asks, asker.kind);
  if (letIn !== 'yes' || reach === null) return letIn;
  const reached = expectedOfReach(reach, asker);
  return reached === 'yes' || refusedAs.length === 0 ? reached : refusedAs;
}

function expectedOfReach(reach: string, { kind, limited }: Asker): Expected {
  const column = reaching.get(reach)?.[kind] === undefined ? 'admin' : kind;
  if (limited === 'not') return cell(reaching, reach, column);
  const name = limited === 'to it' ? 'limited to it' : 'limited elsewhere';
  return reaching.get(reach)?.[name] === 'as its role' ? cell(reaching, reach, column) : cell(reaching, reach, name);
}

type Row = Record<string, string>;

function cell(table: ReadonlyMap<string, Row>, name: string, column: string): Expected {
  const text = table.get(name)?.[column] ?? '';
  if (text === 'yes') return 'yes';
  const named = codes(text);
  if (named.length > 0) return named;
  throw new Error(`docs/reference/permissions.md does not say what ${column} may do where "${name}" is asked for or reached.`);
}

function tableBelow(heading: string): Row[] {
  const [, section = ''] = new RegExp(`^## ${heading}$([^]*?)(?=^## |(?![^]))`, 'm').exec(page) ?? [];
  const [head = [], , ...rows] = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').slice(1, -1).map((text) => text.trim())); // prettier-ignore
  return rows.map((row) => Object.fromEntries(head.map((name, at) => [name, row[at] ?? ''])));
}

function byFirst(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [codes(Object.values(row)[0])[0] ?? '', row]));
}

function codes(text = ''): string[] {
  return Array.from(text.matchAll(/`([^`]+)`/g), ([, code = '']) => code);
}
