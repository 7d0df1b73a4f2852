/** JSON text that is the same for deeply equal values: members sorted by key (UTF-16 order), `undefined` members left out. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = value as { [key: string]: unknown };
  let text = '';
  for (const key of Object.keys(members).sort()) {
    if (members[key] !== undefined) text += `${text === '' ? '' : ','}${quoted(key)}:${canonicalJson(members[key])}`;
  }
  return `{${text}}`;
}

/** Text in which JSON escapes nothing: most text, which need not be handed to its serialiser. */
const PLAIN = /^[\w .:@/-]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}
