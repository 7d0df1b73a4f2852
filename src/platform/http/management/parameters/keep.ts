import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional, ApiQuery } from '@nestjs/swagger';
import type { Defect } from '@flagtree/engine';
import { AcceptsQuery } from './query-parameters.js';
import { MayBeAbsent, Satisfies } from './validation.js';

/** Of a body: the environments that must not follow the write. */
export type KeepOption = true | string[];

const DESCRIPTION =
  'Environments below that must not follow: they get what they have now as overrides, in the same revision. True: the topmost ones that would change.';

export const Keep = (): PropertyDecorator =>
  applyDecorators(
    MayBeAbsent(),
    Satisfies(keepDefects),
    ApiPropertyOptional({
      oneOf: [
        { type: 'boolean', enum: [true] },
        { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: MAX_KEPT },
      ],
      description: DESCRIPTION,
    }),
  );

/** Of the query of a write that reaches environments; `force` is documented besides unless the route has another word for it. */
export const ApiKeep = ({ force = true } = {}): MethodDecorator =>
  applyDecorators(
    AcceptsQuery('keep', ...(force ? ['force'] : [])),
    ApiQuery({
      name: 'keep',
      required: false,
      type: String,
      description: `\`true\`, or names with commas between them. ${DESCRIPTION} The same as in a body.`,
    }),
    ...(force
      ? [
          ApiQuery({
            name: 'force',
            required: false,
            type: Boolean,
            description:
              'Clear the override fields of less guarded environments below that this would break, instead of refusing it.',
          }),
        ]
      : []),
  );

export const MAX_KEPT = 200;

function keepDefects(value: unknown): Defect[] {
  if (value === true) return [];
  if (Array.isArray(value) && value.length > 0 && value.length <= MAX_KEPT && value.every(isName)) return [];
  const detail = `"keep" is true, or a list of 1 to ${String(MAX_KEPT)} environments, each by slug, alias or id.`;
  return [{ pointer: '', code: 'invalid-keep', detail }];
}

const isName = (value: unknown) => typeof value === 'string' && value !== '';
