import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { Invalid } from '../../problems/problem.js';

/** A switch as a member of a query; `switchOf` reads it. */
export const Switch = (): PropertyDecorator =>
  applyDecorators(IsOptional(), IsIn(['true', 'false', '']), ApiPropertyOptional({ type: Boolean }));

/** A switch in a query: absent, `true` (or empty), or `false`. */
export function switchOf(value: unknown, name: string): boolean {
  if (value === undefined || value === 'false') return false;
  if (value === 'true' || value === '') return true;
  throw new Invalid('invalid-request', `The parameter ${name} is a switch.`, [
    { pointer: `?${name}`, code: 'is-boolean', detail: `Say ${name}=true or ${name}=false, once.` },
  ]);
}
