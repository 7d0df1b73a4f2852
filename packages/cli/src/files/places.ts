import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

/** From 1. */
export interface TextPlace {
  line: number;
  column: number;
}

export interface Span {
  start: number;
  end: number;
}

/** Finds in a text what pointers name. Costs as much as ten readings: only for files of which something is to be said. */
export class Places {
  private readonly lines = new LineCounter();
  private readonly root: Node | null;

  constructor(private readonly text: string) {
    this.root = parseDocument(text, { lineCounter: this.lines, uniqueKeys: false, logLevel: 'silent' }).contents;
  }

  /** Of the value, or with `key` of its name; of the nearest thing around it where it is not there itself. */
  at(pointer: string, of: 'key' | 'value'): TextPlace {
    const { value, key } = this.find(pointer);
    const node = of === 'key' ? (key ?? value) : value;
    const { line, col } = this.lines.linePos(node?.range?.[0] ?? 0);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** The text of the value; null where there is none. */
  span(pointer: string): Span | null {
    const { value, isWhole } = this.find(pointer);
    if (!isWhole || !value?.range) return null;
    const [start, end] = value.range;
    return { start, end: start + this.text.slice(start, end).trimEnd().length };
  }

  private find(pointer: string): { value: Node | null; key: Node | null; isWhole: boolean } {
    let [value, key]: [Node | null, Node | null] = [this.root, null];
    for (const part of pointer.split('/').slice(1)) {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      const pair: unknown = isMap(value)
        ? value.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === name)
        : undefined;
      if (isPair<Node, Node>(pair)) [value, key] = [pair.value ?? pair.key, pair.key];
      else if (isSeq(value) && value.items[Number(name)]) [value, key] = [value.items[Number(name)] as Node, null];
      else return { value, key, isWhole: false };
    }
    return { value, key, isWhole: true };
  }
}
