/** What names a thing is read first. */
const FIRST = ['id', 'key', 'slug', 'name', 'description', 'type', 'items'];

/** What every row and every edit has is read last. */
const LAST = ['reason', 'createdAt', 'updatedAt', 'version', 'revision', 'nextCursor'];

/** Pages of a list are asked for after what the list is of. */
const LAST_OF_QUERY = ['at', 'limit', 'cursor'];

const PLACES = ['path', 'query', 'header', 'cookie'];

/** The members of a schema: first what must be there; of both kinds what names the thing at first, and what every row has at last. */
export function inMemberOrder(names: readonly string[], required: readonly string[] = []): string[] {
  return sortedBy(names, (name) => [required.includes(name) ? 0 : 1, rank(name, FIRST, LAST)]);
}

/** The parameters of an operation: path, query, headers; each as declared, but for pages. */
export function inParameterOrder<T extends { name: string; in: string }>(parameters: readonly T[]): T[] {
  return sortedBy(parameters, ({ name, in: place }) => [
    PLACES.indexOf(place),
    place === 'query' ? rank(name, [], LAST_OF_QUERY) : 0,
  ]);
}

function rank(name: string, first: readonly string[], last: readonly string[]): number {
  if (first.includes(name)) return first.indexOf(name) - first.length;
  return last.indexOf(name) + 1;
}

/** Stable: what ranks the same stays in its order. */
function sortedBy<T>(items: readonly T[], keysOf: (item: T) => [number, number]): T[] {
  return items
    .map((item) => ({ item, keys: keysOf(item) }))
    .sort((a, b) => a.keys[0] - b.keys[0] || a.keys[1] - b.keys[1])
    .map(({ item }) => item);
}
