import type { LeanHandler } from '../request.js';
import type { ShapeProblem } from '../problems/problem.filter.js';

export interface LeanRoute {
  method: string;
  /** As Fastify has it: the last segment may be a parameter. */
  url: string;
  handler: LeanHandler;
  problemAs: ShapeProblem;
}
