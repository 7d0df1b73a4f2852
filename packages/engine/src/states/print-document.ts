/** The document as text: one line an item, so that a version control system shows what changed, and the same bytes for the same content. */
export function printDocument(document: object): string {
  const members = Object.entries(document).map(([name, value]) => `${JSON.stringify(name)}: ${printMember(value)}`);
  return `{\n${members.join(',\n')}\n}\n`;
}

function printMember(value: unknown): string {
  if (!Array.isArray(value)) return JSON.stringify(value);
  return value.length === 0 ? '[]' : `[\n${value.map((item) => JSON.stringify(item)).join(',\n')}\n]`;
}
