import type { JsonValue, Segment } from '../../types.js';
import { Inexpressible } from '../flagd-document.js';
import { conditionsExpression } from './condition-expressions.js';
import { expressionForFlagd } from './expression-for-flagd.js';
import { type FlagdExpression, isOperation } from './value-expressions.js';

interface Evaluator {
  expression: FlagdExpression;
  notes: Set<string>;
}

/** Segments as evaluators. Each is written out in itself: flagd puts one into another only in the order of the document. */
export class Evaluators {
  private readonly known = new Map<string, Evaluator>();
  private readonly needed = new Set<string>();

  constructor(private readonly segments: ReadonlyMap<string, Segment>) {}

  reference(key: string, notes: Set<string>): FlagdExpression {
    const { expression, notes: own } = this.evaluator(key);
    for (const note of own) notes.add(`segment "${key}": ${note}`);
    return isReferable(key, expression) ? { $ref: key } : expression;
  }

  /** Keeps the evaluators that a flag, which is in the document, refers to. */
  need(expression: FlagdExpression): void {
    for (const key of referencesOf(expression)) {
      const { expression: referred } = this.evaluator(key);
      if (!isReferable(key, referred)) throw new Inexpressible(`segment "${key}" cannot be referred to in flagd`);
      this.needed.add(key);
    }
  }

  used(): Record<string, JsonValue> {
    return Object.fromEntries([...this.needed].sort().map((key) => [key, this.evaluator(key).expression]));
  }

  /** What a segment is as an evaluator; undefined: it cannot be one. @throws {Inexpressible} */
  of(key: string): FlagdExpression | undefined {
    const { expression } = this.evaluator(key);
    return isReferable(key, expression) ? expression : undefined;
  }

  private evaluator(key: string): Evaluator {
    let made = this.known.get(key);
    if (!made) {
      const notes = new Set<string>();
      const inner = (other: string): FlagdExpression => {
        const evaluator = this.evaluator(other);
        for (const note of evaluator.notes) notes.add(note);
        return evaluator.expression;
      };
      const conditions = this.segments.get(key)?.conditions ?? [];
      const expression = conditionsExpression(conditions, { segment: inner, inexact: (detail) => void notes.add(detail) });
      made = { expression: expressionForFlagd(withoutReferences(expression, inner)), notes };
      this.known.set(key, made);
    }
    return made;
  }
}

/** An evaluator is an operation, and flagd puts it in by replacing text, in which `$` has meanings of its own. */
function isReferable(key: string, expression: FlagdExpression): boolean {
  return isOperation(expression) && !/\$[$&`'0-9<]/.test(JSON.stringify(expression)) && key !== '__proto__';
}

function withoutReferences(expression: FlagdExpression, inner: (key: string) => FlagdExpression): FlagdExpression {
  if (typeof expression !== 'object' || expression === null) return expression;
  if (Array.isArray(expression)) return expression.map((item) => withoutReferences(item, inner));
  if (typeof expression['$ref'] === 'string') return inner(expression['$ref']);
  return Object.fromEntries(Object.entries(expression).map(([name, operands]) => [name, withoutReferences(operands, inner)]));
}

function referencesOf(expression: FlagdExpression): string[] {
  if (typeof expression !== 'object' || expression === null) return [];
  if (!Array.isArray(expression) && typeof expression['$ref'] === 'string') return [expression['$ref']];
  return Object.values(expression).flatMap(referencesOf);
}
