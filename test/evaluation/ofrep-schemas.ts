import { Ajv2020 } from 'ajv/dist/2020.js';

/** What OFREP 0.3.0 says of its answers, with one difference: a reason may also be DEFAULT, as flagd and the provider test kit have it. */
const metadata = { type: 'object', additionalProperties: { type: ['boolean', 'string', 'number'] } };

const success = {
  type: 'object',
  required: ['key', 'reason'],
  properties: {
    key: { type: 'string' },
    reason: { enum: ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'UNKNOWN'] },
    variant: { type: 'string' },
    value: { type: ['boolean', 'string', 'number', 'object'] },
    metadata,
  },
  not: { required: ['errorCode'] },
};

const failureWith = (codes: string[]) => ({
  type: 'object',
  required: ['key', 'errorCode'],
  properties: { key: { type: 'string' }, errorCode: { enum: codes }, errorDetails: { type: 'string' }, metadata },
  not: { required: ['value'] },
});

const failure = failureWith(['PARSE_ERROR', 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'GENERAL']);

const eventStream = {
  type: 'object',
  required: ['type'],
  properties: {
    type: { type: 'string' },
    url: { type: 'string' },
    endpoint: {
      type: 'object',
      required: ['requestUri'],
      properties: { origin: { type: 'string' }, requestUri: { type: 'string', pattern: '^/' } },
    },
    inactivityDelaySec: { type: 'integer', minimum: 1 },
  },
  oneOf: [
    { required: ['url'], not: { required: ['endpoint'] } },
    { required: ['endpoint'], not: { required: ['url'] } },
  ],
};

const bulk = {
  type: 'object',
  required: ['flags'],
  properties: {
    flags: { type: 'array', items: { oneOf: [success, failure] } },
    metadata,
    eventStreams: { type: 'array', items: eventStream },
  },
};

const bulkFailure = {
  type: 'object',
  required: ['errorCode'],
  properties: { errorCode: { type: 'string' }, errorDetails: { type: 'string' } },
};

const details = { type: 'object', properties: { errorDetails: { type: 'string' } } };

const ajv = new Ajv2020({ allowUnionTypes: true });

const SINGLE: Record<number, object> = {
  200: success,
  400: failure,
  404: failureWith(['FLAG_NOT_FOUND']),
  401: details,
  403: details,
  413: failure,
  415: failure,
};
const BULK: Record<number, object> = {
  200: bulk,
  400: bulkFailure,
  401: details,
  403: details,
  413: bulkFailure,
  415: bulkFailure,
};

/** How an answer differs from OFREP; null when it does not. */
export function ofrepDeviation(route: 'single' | 'bulk', { status, body }: { status: number; body: unknown }): string | null {
  const schema = (route === 'single' ? SINGLE : BULK)[status];
  if (!schema) return `OFREP has no status ${String(status)} here`;
  return ajv.validate(schema, body) ? null : `${ajv.errorsText()} in ${JSON.stringify(body)}`;
}
