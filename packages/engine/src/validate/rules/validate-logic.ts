import { type Defects } from '../defects.js';
import { clip, isPlainObject, pointerTo, show, whyInexact } from '../../json/values.js';
import { LOGIC_OPERATORS } from '../../logic/compile.js';
import type { JsonValue } from '../../types.js';
import { flagdComplaint } from './validate-flagd-operands.js';

export const MAX_LOGIC_DEPTH = 64;
export const MAX_LOGIC_NODES = 10_000;

const KNOWN = new Set([...LOGIC_OPERATORS, '$ref']);

/** One check per flag or segment: the limit on nodes holds for all its expressions together. */
export class LogicCheck {
  private nodes = 0;

  /** Of what is `written` flagd's schema is asked, too; what is `stored` has only to be something that can be evaluated. */
  constructor(
    private readonly defects: Defects,
    private readonly when: 'written' | 'stored',
  ) {}

  /** A whole expression: an operator and its operands, or `{}` for one that says nothing. */
  expression(value: JsonValue | undefined, at: string): void {
    if (!isPlainObject(value)) {
      this.defects.add(at, 'wrong-type', `a targeting expression is an object such as { "if": […] }, not ${show(value)}`);
    } else if (Object.hasOwn(value, '$ref') && this.when === 'written') {
      this.defects.add(
        at,
        'misplaced-reference',
        'flagd knows "$ref" only inside an expression: name the segment in a condition',
      );
    } else this.node(value, at, 1);
  }

  private node(value: JsonValue | undefined, at: string, depth: number): void {
    if (++this.nodes > MAX_LOGIC_NODES) {
      if (this.nodes === MAX_LOGIC_NODES + 1) {
        this.defects.add(at, 'too-many', `targeting expressions have at most ${MAX_LOGIC_NODES} operators and values together`);
      }
    } else if (depth > MAX_LOGIC_DEPTH) {
      this.defects.add(at, 'too-deep', `targeting expressions nest at most ${MAX_LOGIC_DEPTH} deep`);
    } else if (typeof value === 'string') this.defects.text(value, at, 'text in an expression');
    else if (typeof value === 'number') this.number(value, at);
    else if (Array.isArray(value)) this.items(value, at, depth);
    else if (isPlainObject(value)) this.operation(value, at, depth);
    else if (typeof value !== 'boolean' && value !== null) this.defects.add(at, 'wrong-type', 'an expression is JSON');
  }

  private items(items: readonly JsonValue[], at: string, depth: number): void {
    // not a step beyond the limit: a list may have millions of items
    for (let i = 0; i < items.length && this.nodes <= MAX_LOGIC_NODES; i++) this.node(items[i], pointerTo(at, i), depth + 1);
  }

  private number(value: number, at: string): void {
    if (!Number.isFinite(value)) this.defects.add(at, 'wrong-type', `${value} is no JSON number`);
    else {
      const why = whyInexact(value);
      if (why !== undefined) this.defects.add(at, 'unsafe-integer', why);
    }
  }

  private operation(value: { [operator: string]: JsonValue }, at: string, depth: number): void {
    const [operator, ...others] = Object.keys(value);
    if (operator === undefined) {
      if (depth > 1 && this.when === 'written')
        this.defects.add(at, 'required', 'an expression inside another names an operator');
      return;
    }
    if (others.length > 0) {
      const names = [operator, ...others].map(clip).slice(0, 5).join(', ');
      return void this.defects.add(at, 'too-many', `an expression is an object with one operator, not with ${names}`);
    }
    if (!KNOWN.has(operator)) {
      const known = `there are ${LOGIC_OPERATORS.join(' ')}`;
      return void this.defects.add(
        pointerTo(at, operator),
        'unknown-operator',
        `flagd has no operator "${clip(operator)}"; ${known}`,
      );
    }
    const operands = value[operator] as JsonValue;
    const there = pointerTo(at, operator);
    if (operator === '$ref') return void this.defects.text(operands, there, 'a segment key', { min: 1, max: 255 });
    if (this.when === 'written') {
      const complaint = flagdComplaint(operator, operands);
      if (complaint) this.defects.add(pointerBelow(there, complaint.path), 'bad-operands', complaint.detail);
    }
    if (Array.isArray(operands)) this.items(operands, there, depth);
    else this.node(operands, there, depth + 1);
  }
}

function pointerBelow(at: string, path: readonly number[]): string {
  return path.reduce((pointer, index) => pointerTo(pointer, index), at);
}
