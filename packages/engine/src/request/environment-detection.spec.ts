import { describe, expect, it } from '@jest/globals';
import { type DetectionSettings, detectEnvironment } from './environment-detection.js';

const SETTINGS: DetectionSettings = {
  default: 'production',
  detection: true,
  header: 'X-Environment',
  queryParam: 'env',
  isAllowed: () => true,
};

/** Headers in the form in which Node hands them over: the raw list, and the lower-cased object with repeats joined. */
function request(headers: readonly (readonly [string, string])[], query: Record<string, string | string[]> = {}) {
  const joined: Record<string, string> = {};
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    joined[key] = joined[key] === undefined ? value : `${joined[key]}, ${value}`;
  }
  return { raw: { headers: joined, rawHeaders: headers.flat() }, query };
}

const detect = (
  headers: readonly (readonly [string, string])[],
  query: Record<string, string | string[]> = {},
  token: string | null = null,
  settings: Partial<DetectionSettings> = {},
) => detectEnvironment(request(headers, query), token, { ...SETTINGS, ...settings });

const fallback = (source: string, why: string) => ({ name: 'production', by: 'default', ignored: { source, why } });

describe('the precedence of environment detection', () => {
  const header = [['X-Environment', 'by-header']] as const;
  const query = { env: 'by-query' };

  it.each([
    ['header, query and token', header, query, 'by-token', 'by-header', 'header'],
    ['header and query', header, query, null, 'by-header', 'header'],
    ['header and token', header, {}, 'by-token', 'by-header', 'header'],
    ['header', header, {}, null, 'by-header', 'header'],
    ['query and token', [], query, 'by-token', 'by-query', 'query'],
    ['query', [], query, null, 'by-query', 'query'],
    ['token', [], {}, 'by-token', 'by-token', 'token'],
    ['nothing', [], {}, null, 'production', 'default'],
  ] as const)('takes, of %s, the first', (_given, headers, params, token, slug, by) => {
    expect(detect(headers, params, token)).toEqual({ name: slug, by });
  });

  it.each([
    ['a header', header, {}, null],
    ['a query', [], query, null],
    ['a token', [], {}, 'by-token'],
    ['all of them', header, query, 'by-token'],
  ] as const)('is always the default when detection is off, whatever %s says', (_what, headers, params, token) => {
    expect(detect(headers, params, token, { detection: false })).toEqual({ name: 'production', by: 'default' });
  });

  it.each(['x-environment', 'X-ENVIRONMENT', 'X-Environment'])('knows the header as %s, however it is configured', (name) => {
    for (const header of ['x-environment', 'X-Environment', 'X-ENVIRONMENT']) {
      expect(detect([[name, 'staging']], {}, null, { header })).toEqual({ name: 'staging', by: 'header' });
    }
  });

  it('reads the configured header and parameter, and no other', () => {
    const settings = { header: 'X-Stage', queryParam: 'stage' };
    expect(detect([['X-Environment', 'staging']], { env: 'staging' }, null, settings)).toEqual({
      name: 'production',
      by: 'default',
    });
    expect(detect([['X-Stage', 'staging']], { stage: 'dev' }, null, settings)).toEqual({ name: 'staging', by: 'header' });
    expect(detect([], { stage: 'dev' }, null, settings)).toEqual({ name: 'dev', by: 'query' });
  });

  it('tells query parameters by their exact name', () => {
    expect(detect([], { ENV: 'staging', 'env[]': 'staging' })).toEqual({ name: 'production', by: 'default' });
  });

  it.each(['__proto__', 'constructor'])('finds nothing in the query under the name "%s"', (queryParam) => {
    expect(detect([], { env: 'staging' }, null, { queryParam })).toEqual({ name: 'production', by: 'default' });
  });

  it('goes on to the token when detection by query is off', () => {
    expect(detect([], query, 'by-token', { queryParam: null })).toEqual({ name: 'by-token', by: 'token' });
  });
});

describe('a slug that cannot be taken', () => {
  const MALFORMED = [
    'staging, dev',
    'staging,dev',
    'staging dev',
    'Staging',
    '-staging',
    '_staging',
    'stag\u00fcng',
    'staging\u0000',
    '\u00ff\u00fe',
    'staging\r\nX-Admin: 1',
    '../staging',
    '%73taging',
    '"staging"',
    'a'.repeat(64),
    'a'.repeat(10_000),
  ].map((slug) => [slug.slice(0, 70), slug] as const);

  it.each(MALFORMED)('is malformed: %j', (_start, slug) => {
    expect(detect([['X-Environment', slug]], { env: 'dev' }, 'dev')).toEqual(fallback('header', 'malformed'));
    expect(detect([], { env: slug }, 'dev')).toEqual(fallback('query', 'malformed'));
  });

  it.each(['', ' ', '\t'])('is empty: %j', (slug) => {
    expect(detect([['X-Environment', slug]], { env: 'dev' }, 'dev')).toEqual(fallback('header', 'empty'));
    expect(detect([], { env: slug }, 'dev')).toEqual(fallback('query', 'empty'));
  });

  it.each([[['staging', 'dev']], [['staging', 'staging']], [['staging', '']], [['', '']], [['staging', 'staging', 'staging']]])(
    'is repeated: %j',
    (slugs) => {
      const headers = slugs.map((slug, at) => [at % 2 ? 'x-environment' : 'X-Environment', slug] as const);
      expect(detect(headers, { env: 'dev' }, 'dev')).toEqual(fallback('header', 'repeated'));
      expect(detect([], { env: slugs }, 'dev')).toEqual(fallback('query', 'repeated'));
    },
  );

  it('is seen as repeated where Node keeps only the first of several headers', () => {
    const raw = { headers: { from: 'staging' }, rawHeaders: ['From', 'staging', 'From', 'dev'] };
    expect(detectEnvironment({ raw, query: {} }, null, { ...SETTINGS, header: 'From' })).toEqual(fallback('header', 'repeated'));
  });

  it('is not on the allow-list, whoever names it', () => {
    const settings = { isAllowed: (name: string) => name === 'dev' };
    expect(detect([['X-Environment', 'staging']], { env: 'dev' }, 'dev', settings)).toEqual(fallback('header', 'not-allowed'));
    expect(detect([], { env: 'staging' }, 'dev', settings)).toEqual(fallback('query', 'not-allowed'));
    expect(detect([], {}, 'staging', settings)).toEqual(fallback('token', 'not-allowed'));
  });

  it('keeps the allow-list out of what is allowed, and of the default', () => {
    const settings = { isAllowed: (name: string) => name === 'dev' };
    expect(detect([['X-Environment', 'dev']], {}, null, settings)).toEqual({ name: 'dev', by: 'header' });
    expect(detect([], {}, null, settings)).toEqual({ name: 'production', by: 'default' });
  });

  it('may be unknown: whether it exists is not for detection to say', () => {
    expect(detect([['X-Environment', 'no-such-environment']])).toEqual({ name: 'no-such-environment', by: 'header' });
  });

  it('may be as long as a slug can be', () => {
    expect(detect([['X-Environment', 'a'.repeat(63)]])).toEqual({ name: 'a'.repeat(63), by: 'header' });
  });
});
