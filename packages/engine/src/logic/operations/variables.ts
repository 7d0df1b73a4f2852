import { compileNode, isLiteral, operandsOf, type LogicOperator, type LogicScope } from '../program/operands.js';
import { listOf, textOf } from '../program/coercion.js';
import { charge } from '../../meter.js';
import { splitPath, valueAt } from './paths.js';
import { run, type Node } from '../program/program.js';
import type { JsonValue } from '../../types.js';

const FLAGD = '$flagd';

/** For each character: a path is taken apart. */
const PATH_POINTS = 3;

export const variables: { readonly [name: string]: LogicOperator } = {
  var: (operands, scope) => {
    const [path = null, fallback = null] = Array.isArray(operands) ? operands : [operands];
    if (isWhole(path)) return wholeReader(scope);
    const otherwise = compileNode(fallback, scope);
    const read = isLiteral(path) ? readerOf(path, scope) : dynamicReader(compileNode(path, scope), scope);
    return (data, context, now) => read(data, context, now) ?? otherwise(data, context, now);
  },

  missing: (operands, scope) => {
    const paths = operandsOf(operands, scope);
    return (data, context, now) => missingOf(paths(data, context, now), scope, [data, context, now]);
  },

  missing_some: (operands, scope) => {
    const [needed = 0, options = []] = Array.isArray(operands) ? operands : [];
    const paths = compileNode(options, scope);
    const wanted = compileNode(needed, scope);
    return (data, context, now) => {
      const all = listOf(paths(data, context, now));
      const missing = missingOf(all, scope, [data, context, now]);
      return all.length - missing.length >= Number(wanted(data, context, now)) ? [] : missing;
    };
  },
};

function isWhole(path: JsonValue): boolean {
  return path === null || path === '';
}

/** Everything that can be read: the element, or the context with what flagd adds to it. There is no default for it. */
function wholeReader(scope: LogicScope): Node {
  const given = givenByEvaluator([], scope);
  return scope.atRoot ? (data, context, now) => ({ ...(data as object), [FLAGD]: given(data, context, now) }) : (data) => data;
}

/** Null and missing are both null or undefined here: `var` gives its default for either. */
function readerOf(path: JsonValue, scope: LogicScope): Node {
  if (isWhole(path)) return wholeReader(scope);
  const text = textOf(path);
  const names = splitPath(text);
  const given = scope.atRoot && names[0] === FLAGD ? givenByEvaluator(names.slice(1), scope) : undefined;
  if (given) return given;
  return (data) => {
    const value = valueAt(data, names);
    if (run.observer !== undefined && scope.atRoot) run.observer.read(text, value);
    return value;
  };
}

function dynamicReader(path: Node, scope: LogicScope): Node {
  return (data, context, now) => readerOf(path(data, context, now) as JsonValue, scope)(data, context, now);
}

/** What flagd adds to every context; a context cannot set it. */
function givenByEvaluator(names: readonly string[], { flagKey }: LogicScope): Node {
  const seconds = (now: number) => Math.floor(now / 1000);
  const [name] = names;
  if (name === undefined) return (_data, _context, now) => ({ flagKey, timestamp: seconds(now) });
  if (names.length > 1) return () => null;
  if (name === 'flagKey') return () => flagKey;
  return name === 'timestamp' ? (_data, _context, now) => seconds(now) : () => null;
}

function missingOf(paths: readonly unknown[], scope: LogicScope, [data, context, now]: Parameters<Node>): unknown[] {
  return paths.filter((path) => {
    const text = textOf(path);
    charge(PATH_POINTS * text.length);
    const names = splitPath(text);
    if (scope.atRoot && names[0] === FLAGD) return givenByEvaluator(names.slice(1), scope)(data, context, now) === null;
    return valueBelow(data, names) === undefined;
  });
}

/** As `missing` looks for it: nothing lies in what is empty, not even the length of an empty text. */
function valueBelow(data: unknown, names: readonly string[]): unknown {
  return names.reduce<unknown>((value, name) => (value ? valueAt(value, [name]) : undefined), data);
}
