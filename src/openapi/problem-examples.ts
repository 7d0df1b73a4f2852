import type { OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_TITLES } from '../platform/http/problems/problem.filter.js';
import { type Operation, operationsOf } from './each.js';

const MEDIA_TYPE = 'application/problem+json';

interface Example {
  code: string;
  detail: string;
  more?: object;
}

const EXAMPLES: Record<string, Example> = {
  400: {
    code: 'invalid-request',
    detail: 'The request is not valid: see errors.',
    more: {
      errors: [
        { pointer: '/percentage', code: 'out-of-range', detail: 'A percentage is from 0 to 100, with at most 3 decimals.' },
      ],
    },
  },
  401: { code: 'token-unknown', detail: 'This token is unknown here. Is it of another server?' },
  403: { code: 'role-too-low', detail: 'This needs the role developer, and the token has viewer.' },
  404: { code: 'flag-not-found', detail: 'There is no flag "new-chekout-flow".' },
  405: { code: 'method-not-allowed', detail: 'This path does not take PUT: see Allow.' },
  409: { code: 'flag-exists', detail: 'There is a flag "new-checkout-flow" already.' },
  412: {
    code: 'stale-version',
    detail: 'It changed since you read it: current is what stands now.',
    more: { current: { version: 4 } },
  },
  413: { code: 'body-too-large', detail: 'The body is larger than the limit of 1 MiB.' },
  415: { code: 'unsupported-media-type', detail: 'The body must be JSON.' },
  422: {
    code: 'invalid-flag',
    detail: 'This would break a flag: see errors.',
    more: {
      errors: [
        {
          pointer: '/defaultVariant',
          code: 'unknown-variant',
          detail: 'There is no variant "blue".',
          environment: 'staging',
          flag: 'new-checkout-flow',
          field: 'defaultVariant',
        },
      ],
    },
  },
  429: { code: 'too-many-refusals', detail: 'Too many requests of this address were refused for their token.' },
  500: { code: 'internal-error', detail: 'A fault of the server. Its log has this request id.' },
  503: {
    code: 'database-away',
    detail: 'The database cannot be reached. Nothing was changed, and evaluation goes on: try again soon.',
  },
};

/** What is not found differs by the area of the operation. */
const NOT_FOUND: Record<string, Example> = {
  environments: { code: 'environment-not-found', detail: 'There is no environment "stagin".' },
  evaluation: { code: 'environment-not-found', detail: 'There is no environment "stagin".' },
  compare: { code: 'environment-not-found', detail: 'There is no environment "stagin".' },
  environmentFlags: {
    code: 'override-not-found',
    detail: 'staging has no override of "new-checkout-flow": it inherits the whole flag.',
  },
  segments: { code: 'segment-not-found', detail: 'There is no segment "beta-tester".' },
  tokens: { code: 'token-not-found', detail: 'There is no token with the id 1f0c9a7b52d4.' },
  jobs: { code: 'job-not-found', detail: 'This token has no such job.' },
  promotions: { code: 'promotion-not-found', detail: 'There is no promotion with this id.' },
  pipelines: { code: 'pipeline-not-found', detail: 'There is no pipeline "man".' },
};

/** Each problem of each operation shows one of its own status. */
export function exampleProblems(document: OpenAPIObject): void {
  for (const operation of operationsOf(document)) {
    for (const [status, response] of Object.entries(operation.responses)) {
      const { content } = response as { content?: Record<string, { example?: unknown } | undefined> };
      const media = content?.[MEDIA_TYPE];
      const example = exampleOf(status, operation);
      if (media && example) media.example ??= problemOf(Number(status), example);
    }
  }
}

function exampleOf(status: string, { operationId = '' }: Operation): Example | undefined {
  if (status !== '404') return EXAMPLES[status];
  return NOT_FOUND[operationId.split('.')[0] ?? ''] ?? EXAMPLES[status];
}

function problemOf(status: number, { code, detail, more }: Example): object {
  return {
    type: `urn:flagtree:problem:${code}`,
    title: PROBLEM_TITLES[status] ?? 'The request failed',
    status,
    detail,
    code,
    instance: '/api/admin/…',
    requestId: 'b0Zq3s.17',
    ...more,
  };
}
