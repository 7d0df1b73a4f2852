import fc from 'fast-check';
import type { EvaluationContext } from '../../types.js';
import { storableText } from './values.js';

const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    'pro',
    'PRO',
    'free',
    '1.2.3',
    '2.0.0-beta.1',
    '10.1.2.3',
    '2001:db8::1',
    '::ffff:10.0.0.1',
    '2026-03-01T00:00:00Z',
    '',
    null,
    0,
    1,
    true,
  ),
  fc.jsonValue(),
  fc.array(fc.oneof(fc.constantFrom('pro', 'p', '1.0.0', '10.0.0.1', 7), fc.jsonValue()), { maxLength: 3 }),
);

/** Any JSON object, often with the attributes that the conditions ask for. */
export const context: fc.Arbitrary<EvaluationContext> = fc
  .record(
    {
      targetingKey: fc.oneof({ weight: 4, arbitrary: storableText }, anything),
      plan: anything,
      user: fc.oneof(fc.record({ plan: anything }), anything),
      'user.plan': anything,
      age: anything,
      version: anything,
      ip: anything,
      at: anything,
      tags: anything,
      $now: anything,
      constructor: anything,
    },
    { requiredKeys: [] },
  )
  .map((members) => members as EvaluationContext);

export const moment = fc.oneof(fc.integer({ min: 0, max: 4e12 }), fc.constantFrom(0, NaN, Infinity, -Infinity, 8.64e15, 1e300));
