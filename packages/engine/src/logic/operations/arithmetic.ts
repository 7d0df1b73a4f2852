import { LogicError, numberOf } from '../program/coercion.js';
import { operandsOf, type LogicOperator } from '../program/operands.js';

export const arithmetic: { readonly [name: string]: LogicOperator } = {
  '+': overNumbers(0, (numbers) => numbers.reduce((sum, number) => sum + number, 0)),
  '*': overNumbers(0, (numbers) => numbers.reduce((product, number) => product * number, 1)),
  '-': overNumbers(1, ([first = 0, ...others]) =>
    others.length === 0 ? -first : others.reduce((rest, number) => rest - number, first),
  ),
  '/': overNumbers(1, ([first = 0, ...others]) => (others.length === 0 ? divide(1, first) : others.reduce(divide, first))),
  '%': overNumbers(2, ([first = 0, ...others]) => others.reduce((rest, number) => rest % number, first)),
  max: ofNumbersOnly((numbers) => numbers.reduce((a, b) => (b > a ? b : a))),
  min: ofNumbersOnly((numbers) => numbers.reduce((a, b) => (b < a ? b : a))),
};

function overNumbers(least: number, calculate: (numbers: readonly number[]) => number): LogicOperator {
  return (operands, scope) => {
    const values = operandsOf(operands, scope);
    return (data, context, now) => {
      const numbers = values(data, context, now).map(numberOf);
      if (numbers.length < least) throw new LogicError(`it calculates with ${numbers.length} numbers`);
      return numberOf(calculate(numbers));
    };
  };
}

function divide(a: number, b: number): number {
  if (b === 0) throw new LogicError('it divides by 0');
  return a / b;
}

function ofNumbersOnly(choose: (numbers: readonly number[]) => number): LogicOperator {
  return (operands, scope) => {
    const values = operandsOf(operands, scope);
    return (data, context, now) => {
      const numbers = values(data, context, now);
      if (numbers.length === 0 || !numbers.every((value) => typeof value === 'number')) {
        throw new LogicError('"max" and "min" take numbers');
      }
      return choose(numbers);
    };
  };
}
