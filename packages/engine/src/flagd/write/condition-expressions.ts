import semver from 'semver';
import { OPERATOR_SHAPES } from '../../operators/operators.js';
import { parseTimestamp } from '../../operators/timestamps.js';
import type { AttributeCondition, Condition, JsonValue, Operator } from '../../types.js';
import { expressionForFlagd } from './expression-for-flagd.js';
import { Inexpressible } from '../flagd-document.js';
import {
  and,
  attribute,
  ELEMENT,
  type FlagdExpression,
  isMissing,
  isNumberElement,
  isOperation,
  isScalarElement,
  isText,
  not,
  or,
} from './value-expressions.js';

/** What the conditions of one flag or segment need beside themselves. */
export interface ConditionWriter {
  segment(key: string): FlagdExpression;
  /** Says for which contexts flagd will differ. */
  inexact(detail: string): void;
}

/** @throws {Inexpressible} */
export function conditionsExpression(conditions: readonly Condition[], writer: ConditionWriter): FlagdExpression {
  return and(...conditions.map((condition) => conditionExpression(condition, writer)));
}

function conditionExpression(condition: Condition, writer: ConditionWriter): FlagdExpression {
  if ('all' in condition) return conditionsExpression(condition.all, writer);
  if ('any' in condition) return or(...condition.any.map((one) => conditionExpression(one, writer)));
  if ('not' in condition) return not(conditionExpression(condition.not, writer));
  if ('segment' in condition) return writer.segment(condition.segment);
  if (!('jsonLogic' in condition)) return attributeExpression(condition, writer);
  return isOperation(condition.jsonLogic) ? expressionForFlagd(condition.jsonLogic) : false;
}

function attributeExpression(condition: AttributeCondition, writer: ConditionWriter): FlagdExpression {
  const { operator, negate = false, ignoreCase = false, values = [] } = condition;
  const { family, positive } = OPERATOR_SHAPES[operator];
  const negated = (operator !== positive) !== negate;
  if (condition.attribute === '$now') return timeExpression(positive, values, negated);
  const value = attribute(condition.attribute);
  if (ignoreCase) throw new Inexpressible('flagd compares texts with regard to case only');
  switch (family) {
    case 'presence':
      return negated ? isMissing(value) : not(isMissing(value));
    case 'equality':
      return overElements(value, isScalarElement, { in: [ELEMENT, values] }, negated);
    case 'text':
      return overElements(
        value,
        isText(ELEMENT),
        and(isText(ELEMENT), or(...values.map((part) => textHolds(positive, part as string)))),
        negated,
      );
    case 'number':
      return overElements(value, isNumberElement, and(isNumberElement, numberHolds(positive, values as number[])), negated);
    case 'version':
      return versionExpression(condition.attribute, value, positive, values as string[], negated, writer);
    case 'pattern':
      throw new Inexpressible('flagd has no regular expressions');
    case 'address':
      throw new Inexpressible('flagd knows no address ranges');
    case 'time':
      throw new Inexpressible('flagd compares no dates of the context');
  }
}

/** A list attribute holds when any of its elements does; what does not fit is no match, negated or not. */
function overElements(value: FlagdExpression, fits: FlagdExpression, holds: FlagdExpression, negated: boolean): FlagdExpression {
  const elements: FlagdExpression = { merge: [value] };
  if (!negated) return { some: [elements, holds] };
  return and(or(not(elements), { some: [elements, fits] }), { none: [elements, holds] });
}

function textHolds(operator: Operator, part: string): FlagdExpression {
  if (part === '') return true;
  if (operator === 'contains') return { in: [part, ELEMENT] };
  const place: FlagdExpression =
    operator === 'starts_with' ? { substr: [ELEMENT, 0, part.length] } : { substr: [ELEMENT, -part.length] };
  return { '===': [place, part] };
}

const NUMBER_SIGNS: Partial<Record<Operator, string>> = {
  greater_than: '>',
  greater_than_or_equal: '>=',
  less_than: '<',
  less_than_or_equal: '<=',
};

function numberHolds(operator: Operator, values: readonly number[]): FlagdExpression {
  return or(...values.map((value): FlagdExpression => ({ [NUMBER_SIGNS[operator] as string]: [ELEMENT, value] })));
}

const VERSION_SIGNS: Partial<Record<Operator, string>> = {
  semver_equals: '=',
  semver_greater_than: '>',
  semver_less_than: '<',
};

/** flagd's `sem_ver` works outside of iterating operators only. */
function versionExpression(
  path: string,
  value: FlagdExpression,
  operator: Operator,
  values: readonly string[],
  negated: boolean,
  writer: ConditionWriter,
): FlagdExpression {
  const sign = VERSION_SIGNS[operator];
  if (sign === undefined) throw new Inexpressible('flagd knows no version ranges');
  if (path.includes('.')) throw new Inexpressible('flagd compares versions at the top of the context only');
  writer.inexact(`flagd reads a version "1.2" or "V1.2.0" in "${path}" as 1.2.0, and passes over lists of versions`);
  const holds = or(...values.map((text): FlagdExpression => ({ sem_ver: [value, sign, versionText(text)] })));
  const isVersion: FlagdExpression = { sem_ver: [value, '=', value] };
  return negated ? and(isText(value), isVersion, not(holds)) : and(isText(value), holds);
}

function versionText(text: string): string {
  return new semver.SemVer(text).version;
}

/** flagd's clock has whole seconds. */
function timeExpression(operator: Operator, values: readonly JsonValue[], negated: boolean): FlagdExpression {
  if (operator !== 'before' && operator !== 'after')
    throw new Inexpressible('flagd knows "before" and "after" of the moment only');
  const seconds = values.map((value) => parseTimestamp(value as string) / 1000);
  if (!seconds.every(Number.isInteger)) throw new Inexpressible('the clock of flagd has whole seconds');
  const sign = operator === 'before' ? '<' : '>=';
  const holds = or(...seconds.map((second): FlagdExpression => ({ [sign]: [{ var: '$flagd.timestamp' }, second] })));
  return negated ? not(holds) : holds;
}
