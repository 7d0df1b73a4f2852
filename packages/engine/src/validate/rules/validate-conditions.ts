import { parseCidr } from '../../operators/addresses.js';
import { Defects } from '../defects.js';
import { pointerTo, show, whyInexact } from '../../json/values.js';
import { isOperator, OPERATOR_SHAPES, takesIgnoreCase } from '../../operators/operators.js';
import { parsePattern } from '../../operators/patterns.js';
import { parseTimestamp } from '../../operators/timestamps.js';
import { OPERATORS, type Defect, type JsonObject, type JsonValue, type Operator } from '../../types.js';
import { LogicCheck } from './validate-logic.js';
import { isVersionOperand, type VersionOperator } from '../../operators/versions.js';

export const MAX_CONDITION_DEPTH = 16;
export const MAX_CONDITION_NODES = 1000;
export const MAX_OPERANDS = 1000;
export const MAX_ATTRIBUTE_LENGTH = 255;
/** Instructions: a character may take as many steps. */
export const MAX_PATTERN_SIZE = 2000;

/** The shape of a list of conditions, as a segment has it; whether the segments that it names exist is for `resolvedDefects`. */
export function validateConditions(value: unknown): Defect[] {
  const defects = new Defects();
  new ConditionCheck(defects).list(value, '');
  return defects.list;
}

/** The same of conditions that are stored already. */
export function storedConditionDefects(value: unknown): Defect[] {
  const defects = new Defects();
  new ConditionCheck(defects, 'stored').list(value, '');
  return defects.list;
}

/** One check per flag or segment: the limit on nodes holds for all its conditions together. */
export class ConditionCheck {
  private nodes = 0;
  private readonly logic: LogicCheck;

  /** Of what is `written` flagd's schema is asked, too; what is `stored` has only to be something that can be evaluated. */
  constructor(
    private readonly defects: Defects,
    private readonly when: 'written' | 'stored' = 'written',
  ) {
    this.logic = new LogicCheck(defects, when);
  }

  /** A rule's own expression. */
  targeting(value: JsonValue | undefined, at: string): void {
    this.logic.expression(value, at);
  }

  list(value: unknown, at: string, depth = 1): void {
    if (!this.defects.array(value, at, 'conditions', { max: MAX_CONDITION_NODES })) return;
    for (let i = 0; i < value.length && this.nodes <= MAX_CONDITION_NODES; i++) this.condition(value[i], pointerTo(at, i), depth);
  }

  private condition(value: unknown, at: string, depth: number): void {
    if (++this.nodes > MAX_CONDITION_NODES) {
      this.defects.add(at, 'too-many', `a flag has at most ${MAX_CONDITION_NODES} conditions, nested ones counted`);
    } else if (depth > MAX_CONDITION_DEPTH) {
      this.defects.add(at, 'too-deep', `conditions nest at most ${MAX_CONDITION_DEPTH} deep`);
    } else if (has(value, 'all')) {
      this.group(value, 'all', at, depth);
    } else if (has(value, 'any')) {
      this.group(value, 'any', at, depth);
    } else if (has(value, 'not')) {
      const node = this.defects.object(value, at, 'a "not" condition', ['not'], []);
      if (node) this.condition(node['not'], pointerTo(at, 'not'), depth + 1);
    } else if (has(value, 'segment')) {
      const node = this.defects.object(value, at, 'a segment condition', ['segment'], []);
      if (node) this.defects.text(node['segment'], pointerTo(at, 'segment'), 'a segment key', { min: 1, max: 255 });
    } else if (has(value, 'jsonLogic')) {
      const node = this.defects.object(value, at, 'a "jsonLogic" condition', ['jsonLogic'], []);
      if (node) this.logic.expression(node['jsonLogic'], pointerTo(at, 'jsonLogic'));
    } else this.attribute(value, at);
  }

  private group(value: JsonObject, kind: 'all' | 'any', at: string, depth: number): void {
    const node = this.defects.object(value, at, `an "${kind}" condition`, [kind], []);
    if (node) this.list(node[kind], pointerTo(at, kind), depth + 1);
  }

  private attribute(value: unknown, at: string): void {
    const node = this.defects.object(
      value,
      at,
      'a condition',
      ['attribute', 'operator'],
      ['values', 'negate', 'ignoreCase', 'lenient'],
    );
    if (!node) return;
    this.defects.text(node['attribute'], pointerTo(at, 'attribute'), 'an attribute', { min: 1, max: MAX_ATTRIBUTE_LENGTH });
    if (node['negate'] !== undefined) this.defects.boolean(node['negate'], pointerTo(at, 'negate'), '"negate"');
    if (node['ignoreCase'] !== undefined) this.defects.boolean(node['ignoreCase'], pointerTo(at, 'ignoreCase'), '"ignoreCase"');
    if (node['lenient'] !== undefined) this.defects.boolean(node['lenient'], pointerTo(at, 'lenient'), '"lenient"');
    const { operator } = node;
    if (!isOperator(operator)) {
      this.defects.add(
        pointerTo(at, 'operator'),
        'unknown-operator',
        `there is no operator ${show(operator)}; there are ${OPERATORS.join(', ')}`,
      );
      return;
    }
    if (node['ignoreCase'] === true && !takesIgnoreCase(operator)) {
      this.defects.add(
        pointerTo(at, 'ignoreCase'),
        'not-applicable',
        `"${operator}" does not compare text: it has no "ignoreCase"`,
      );
    }
    if (node['lenient'] === true && OPERATOR_SHAPES[operator].family !== 'version')
      this.defects.add(
        pointerTo(at, 'lenient'),
        'not-applicable',
        `"${operator}" does not compare versions: it has no "lenient"`,
      );
    const reading = { ignoreCase: node['ignoreCase'] === true, lenient: node['lenient'] === true || this.when === 'stored' };
    this.operands(operator, node['values'], reading, pointerTo(at, 'values'));
  }

  private operands(operator: Operator, values: JsonValue | undefined, reading: Reading, at: string): void {
    const { family } = OPERATOR_SHAPES[operator];
    if (family === 'presence') {
      if (values !== undefined && !(Array.isArray(values) && values.length === 0)) {
        this.defects.add(at, 'not-applicable', `"${operator}" takes no values`);
      }
      return;
    }
    if (values === undefined) return void this.defects.add(at, 'required', `"${operator}" needs "values"`);
    // a list that an operator edits may become empty: nobody is in it
    const min = operator === 'in' || operator === 'not_in' ? 0 : 1;
    if (!this.defects.array(values, at, 'values', { min, max: MAX_OPERANDS })) return;
    for (let i = 0; i < values.length; i++) this.operand(operator, values[i], reading, pointerTo(at, i));
  }

  private operand(operator: Operator, value: unknown, reading: Reading, at: string): void {
    const { family } = OPERATOR_SHAPES[operator];
    if (family === 'number' || (family === 'equality' && typeof value === 'number')) {
      if (typeof value !== 'number' || !Number.isFinite(value)) {
        this.defects.add(at, 'wrong-type', `"${operator}" compares with numbers, not ${show(value)}`);
      } else {
        const why = whyInexact(value);
        if (why !== undefined) this.defects.add(at, 'unsafe-integer', why);
      }
      return;
    }
    if (family === 'equality' && typeof value !== 'string') {
      if (typeof value === 'boolean') return;
      const hint =
        value === null
          ? 'a null attribute counts as missing: use "not_exists"'
          : 'it compares with text, numbers, true and false';
      this.defects.add(at, 'wrong-type', `"${operator}" does not compare with ${show(value)}: ${hint}`);
      return;
    }
    if (!this.defects.text(value, at, `a value of "${operator}"`)) return;
    const complaint = operandComplaint(operator, value, reading);
    if (complaint) this.defects.add(at, complaint.code, complaint.detail);
  }
}

/** How operands are read. */
interface Reading {
  ignoreCase: boolean;
  lenient: boolean;
}

function operandComplaint(
  operator: Operator,
  value: string,
  { ignoreCase, lenient }: Reading,
): { code: string; detail: string } | undefined {
  switch (OPERATOR_SHAPES[operator].family) {
    case 'pattern': {
      const pattern = parsePattern(value, ignoreCase);
      if (typeof pattern === 'string') return { code: 'bad-pattern', detail: `${show(value)} is no RE2 pattern: ${pattern}` };
      const size = pattern.programSize();
      if (lenient || size <= MAX_PATTERN_SIZE) return undefined;
      const detail = `${show(value)} comes to ${size} instructions, more than ${MAX_PATTERN_SIZE}: repeat less, and fewer times`;
      return { code: 'pattern-too-large', detail };
    }
    case 'time':
      return Number.isNaN(parseTimestamp(value))
        ? { code: 'bad-timestamp', detail: `${show(value)} is no RFC 3339 date-time such as 2026-12-01T00:00:00Z` }
        : undefined;
    case 'version':
      return isVersionOperand(operator as VersionOperator, value, lenient)
        ? undefined
        : operator === 'semver_in_range'
          ? { code: 'bad-range', detail: `${show(value)} is no version range such as ^1.2 or >=1 <2` }
          : {
              code: 'bad-version',
              detail: `${show(value)} is no version of SemVer 2.0 such as 1.2.3${isVersionOperand('semver_equals', value, true) ? ', unless the condition is "lenient": true' : ''}`,
            };
    case 'address':
      return parseCidr(value)
        ? undefined
        : { code: 'bad-cidr', detail: `${show(value)} is no address range such as 10.0.0.0/8 or 2001:db8::/32` };
    default:
      return undefined;
  }
}

function has(value: unknown, key: string): value is JsonObject {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}
