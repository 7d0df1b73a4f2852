import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { readsQuery } from './query-parameters.js';
import { switchOf } from './query-switch.js';

/** `?force=true`: the caller knows what it alters. */
export const Force = createParamDecorator(
  (_: unknown, context: ExecutionContext): boolean => {
    const { query } = context.switchToHttp().getRequest<FastifyRequest>();
    return switchOf((query as Record<string, unknown>)['force'], 'force');
  },
  [readsQuery('force')],
);
