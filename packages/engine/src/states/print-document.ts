import { type Interruptible, runToEnd } from '../interruptible.js';

/** The document as text: one line an item, so that a version control system shows what changed, and the same bytes for the same content. */
export function printDocument(document: object): string {
  return runToEnd(slicedPrint(document));
}

/** The same, in parts. */
export function* slicedPrint(document: object): Interruptible<string> {
  const members: string[] = [];
  for (const [name, value] of Object.entries(document)) {
    members.push(`${JSON.stringify(name)}: ${yield* printMember(value)}`);
  }
  return `{\n${members.join(',\n')}\n}\n`;
}

function* printMember(value: unknown): Interruptible<string> {
  if (!Array.isArray(value)) return JSON.stringify(value);
  const lines: string[] = [];
  for (const item of value) {
    lines.push(JSON.stringify(item));
    yield;
  }
  return lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n]`;
}
