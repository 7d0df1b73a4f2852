import { describe, expect, it } from '@jest/globals';
import type { Problem } from '../../platform/http/problems/problem.filter.js';
import { ofrepError } from './ofrep-errors.js';

const problem = (status: number, code: string) =>
  ({ status, headers: {}, body: { status, code, detail: 'What is wrong.', requestId: 'r-1' } }) as unknown as Problem;

describe('an error on an OFREP route', () => {
  it.each([
    [400, 'invalid-context', 400, 'INVALID_CONTEXT'],
    [400, 'invalid-json', 400, 'PARSE_ERROR'],
    [400, 'invalid-utf8', 400, 'PARSE_ERROR'],
    [400, 'json-too-deep', 400, 'PARSE_ERROR'],
    [400, 'some-other-refusal', 400, 'GENERAL'],
    [404, 'environment-not-found', 400, 'GENERAL'],
    [409, 'environment-inactive', 400, 'GENERAL'],
    [409, 'environment-cycle', 400, 'GENERAL'],
    [413, 'body-too-large', 413, 'GENERAL'],
    [415, 'unsupported-media-type', 415, 'PARSE_ERROR'],
  ])('%i %s is %i %s, with the key where one was asked for', (status, code, ofrepStatus, errorCode) => {
    const body = { errorCode, errorDetails: 'What is wrong.' };
    expect(ofrepError(problem(status, code), 'a-flag')).toEqual({ status: ofrepStatus, body: { key: 'a-flag', ...body } });
    expect(ofrepError(problem(status, code), undefined)).toEqual({ status: ofrepStatus, body });
  });

  it.each([
    [401, 'token-unknown'],
    [403, 'environment-forbidden'],
  ])('%i %s has details and no error code', (status, code) => {
    expect(ofrepError(problem(status, code), 'a-flag')).toEqual({ status, body: { errorDetails: 'What is wrong.' } });
  });

  it.each([500, 503])('%i names the request in the details', (status) => {
    expect(ofrepError(problem(status, 'internal-error'), 'a-flag')).toEqual({
      status,
      body: { errorDetails: 'What is wrong. (request r-1)' },
    });
  });
});
