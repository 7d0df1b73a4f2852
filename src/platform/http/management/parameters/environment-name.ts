import { applyDecorators } from '@nestjs/common';
import { ENVIRONMENT_NAME } from '@flagtree/engine';
import { ArrayMaxSize, ArrayUnique, IsArray, Matches } from 'class-validator';

/** A property of a request that names an environment: by slug, alias or id. Whether there is one of that name is for the handler to say. */
export function EnvironmentName(): PropertyDecorator {
  return Matches(ENVIRONMENT_NAME, { message: '$property must be the slug, an alias or the id of an environment' });
}

/** A property that names several environments. */
export function EnvironmentNames({ max }: { max: number }): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayMaxSize(max),
    ArrayUnique(),
    Matches(ENVIRONMENT_NAME, {
      each: true,
      message: 'each of $property must be the slug, an alias or the id of an environment',
    }),
  );
}
