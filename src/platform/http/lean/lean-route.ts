import type { LeanHandler, LeanRequest } from '../request.js';
import type { ShapeProblem } from '../problems/problem.filter.js';

export interface LeanRoute {
  method: string;
  /** As Fastify has it: the last segment may be a parameter. */
  url: string;
  /** Decides by the headers whether the request is let in; throws what the caller is to be told. */
  admit: (request: LeanRequest) => void;
  handler: LeanHandler;
  problemAs: ShapeProblem;
}
