import type { ContextOf } from '../options.js';

/** Names of headers by attribute. `groups` is a list, and so is `{ list: 'X-Roles' }`. */
export interface HeaderNames {
  readonly targetingKey?: string;
  readonly groups?: string;
  readonly [attribute: string]: string | { readonly list: string } | undefined;
}

const MOST_ITEMS = 100;

/** Express' request is Node's; Fastify's has it. */
interface Incoming {
  readonly raw?: { readonly rawHeaders?: readonly string[] };
  readonly rawHeaders?: readonly string[];
}

/**
 * A context from headers, for applications behind a gateway that writes them and removes those of its callers: whoever can send them says who
 * they are. Lists are split at commas. A text that is there twice, or empty, is none.
 * @example fromHeaders({ targetingKey: 'X-User-ID', groups: 'X-User-Groups' })
 */
export function fromHeaders(names: HeaderNames): ContextOf {
  const readers = Object.entries(names).flatMap(([attribute, name]) => {
    if (name === undefined) return [];
    const isList = typeof name === 'object' || attribute === 'groups';
    const header = (typeof name === 'object' ? name.list : name).toLowerCase();
    return [{ attribute, read: (lines: readonly string[]) => (isList ? listIn(lines) : textIn(lines)), header }];
  });
  return ({ request }) => {
    const rawHeaders = rawHeadersOf(request as Incoming | undefined);
    const members = readers.flatMap(({ attribute, read, header }) => {
      const value = read(linesOf(rawHeaders, header));
      return value === undefined ? [] : [[attribute, value] as const];
    });
    return Object.fromEntries(members);
  };
}

/** Node joins headers that are repeated, or drops them; the raw list has them all. */
function rawHeadersOf(request: Incoming | undefined): readonly string[] {
  return request?.rawHeaders ?? request?.raw?.rawHeaders ?? [];
}

function linesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
}

function textIn(lines: readonly string[]): string | undefined {
  const [first = '', ...more] = lines;
  return more.length > 0 ? undefined : first.trim() || undefined;
}

function listIn(lines: readonly string[]): string[] | undefined {
  if (lines.length === 0) return undefined;
  const items = lines.flatMap((line) => line.split(',')).map((item) => item.trim());
  return items.filter((item) => item !== '').slice(0, MOST_ITEMS);
}
