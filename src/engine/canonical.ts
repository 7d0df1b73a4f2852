/** JSON text that is the same for deeply equal values: members sorted by key (UTF-16 order), `undefined` members left out. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = value as { [key: string]: unknown };
  const parts: string[] = [];
  for (const key of Object.keys(members).sort()) {
    if (members[key] !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalJson(members[key])}`);
  }
  return `{${parts.join(',')}}`;
}
