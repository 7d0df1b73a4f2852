import type { FlagSet, KeyOf, ValueOf } from '@flagtree/client';
import type { PipeTransform, Type } from '@nestjs/common';
import { type Required, RequireFlag, type RequireFlagOptions } from './require-flag.js';
import { Flag, FlagDetails } from './values.js';

type Pipe = Type<PipeTransform> | PipeTransform;

export interface FlagDecorators<F extends FlagSet> {
  readonly Flag: <K extends keyof F & string>(key: K, fallback?: ValueOf<F[K]>, ...pipes: Pipe[]) => ParameterDecorator;
  readonly FlagDetails: <K extends keyof F & string>(key: K, fallback?: ValueOf<F[K]>, ...pipes: Pipe[]) => ParameterDecorator;
  readonly RequireFlag: (required: Required<KeyOf<F, boolean>>, options?: RequireFlagOptions) => ClassDecorator & MethodDecorator;
}

/** The same decorators, for the flags of an application alone: `const { Flag, RequireFlag } = flagDecorators<typeof featureFlags>()`. */
export function flagDecorators<F extends FlagSet>(): FlagDecorators<F> {
  return { Flag, FlagDetails, RequireFlag };
}
