import type { FastifyRequest } from 'fastify';
import { Invalid } from '../../problems/problem.js';

const NAMES = 'flagtree:query-parameters';

/** The handler reads these parameters of the query. On a write any other one is refused: it may be a misspelt `dryRun`. */
export const AcceptsQuery =
  (...names: string[]): MethodDecorator =>
  (target, property) => {
    accept(target, property, names);
  };

/** The same for a parameter decorator that reads them, as an enhancer of it. */
export const readsQuery =
  (...names: string[]): ParameterDecorator =>
  (target, property) => {
    if (property !== undefined) accept(target, property, names);
  };

/** @throws {Invalid} naming each parameter that the handler of a write does not read. */
export function assertKnownQuery({ method, query }: FastifyRequest, handler: object): void {
  if (method === 'GET' || method === 'HEAD') return;
  const known = namesOf(handler);
  const unknown = Object.keys(query as object).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const there = known.length === 0 ? 'it takes none' : `there are ${known.join(', ')}`;
  throw new Invalid(
    'invalid-request',
    `Nothing was done: the query has parameters that mean nothing here (${there}). See errors.`,
    unknown.map((name) => ({
      pointer: `?${name}`,
      code: 'unknown-property',
      detail: `There is no parameter "${name}" here: ${there}.`,
    })),
  );
}

function accept(target: object, property: string | symbol, names: readonly string[]): void {
  const handler = (target as Record<string | symbol, object>)[property] as object;
  Reflect.defineMetadata(NAMES, [...new Set([...namesOf(handler), ...names])], handler);
}

function namesOf(handler: object): readonly string[] {
  return (Reflect.getMetadata(NAMES, handler) as string[] | undefined) ?? [];
}
