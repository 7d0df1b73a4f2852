import { canonicalJson, type JsonValue } from '@flagtree/engine';

/** Numbers values in the order in which they first come: equal ones get the same number, and `tell` hears the text of each once. */
export class Numbered {
  private readonly numbers = new Map<string, number>();
  private readonly known = new Map<JsonValue, number>();

  constructor(private readonly tell: (text: string) => void) {}

  of(value: JsonValue): number {
    let number = this.known.get(value);
    if (number === undefined) this.known.set(value, (number = this.byText(canonicalJson(value))));
    return number;
  }

  private byText(text: string): number {
    let number = this.numbers.get(text);
    if (number === undefined) {
      this.numbers.set(text, (number = this.numbers.size));
      this.tell(text);
    }
    return number;
  }
}
