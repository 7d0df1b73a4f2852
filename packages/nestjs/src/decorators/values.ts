import type { AnyFlags, FlagReader } from '@flagtree/client';
import { createParamDecorator, type ExecutionContext, type PipeTransform, type Type } from '@nestjs/common';
import { type Scope, scopeOf } from '../request/scope.js';

type Pipe = Type<PipeTransform> | PipeTransform;

interface Asked {
  readonly key: string;
  readonly fallback: unknown;
}

/** A parameter that is the flag's value for this request; without a fallback that of its definition. Pipes may follow. */
export function Flag(key: string, fallback?: unknown, ...pipes: Pipe[]): ParameterDecorator {
  return value({ key, fallback }, ...pipes);
}

/** A parameter that has the value, and why it is this one. */
export function FlagDetails(key: string, fallback: unknown = null, ...pipes: Pipe[]): ParameterDecorator {
  return details({ key, fallback }, ...pipes);
}

/** A parameter that is the slug of the environment that this request is evaluated in. */
export function RequestEnvironment(...pipes: Pipe[]): ParameterDecorator {
  return environment(undefined, ...pipes);
}

const value = createParamDecorator(({ key, fallback }: Asked, execution: ExecutionContext) =>
  valueOf(scopeIn(execution).reader, key, fallback),
);

const details = createParamDecorator(({ key, fallback }: Asked, execution: ExecutionContext) =>
  scopeIn(execution).reader.details(key, fallback),
);

const environment = createParamDecorator((_: unknown, execution: ExecutionContext) => scopeIn(execution).environment);

function valueOf(reader: FlagReader<AnyFlags>, key: string, fallback: unknown): unknown {
  switch (typeof fallback) {
    case 'undefined':
      return reader.get(key);
    case 'boolean':
      return reader.boolean(key, fallback);
    case 'string':
      return reader.string(key, fallback);
    case 'number':
      return reader.number(key, fallback);
    default:
      return reader.json(key, fallback);
  }
}

/** @throws an error for the programmer, where nothing has made a scope */
function scopeIn(execution: ExecutionContext): Scope {
  const scope = scopeOf(execution);
  if (scope) return scope;
  const where = `${execution.getClass().name}.${execution.getHandler().name}`;
  throw new Error(
    `There are no flags for ${where}: import FlagtreeModule in the application, and let handlers of messages use FlagtreeScopeInterceptor`,
  );
}
