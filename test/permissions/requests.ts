import type { Api } from '../support/api.js';
import { document, environment, flag, FREE, GUARDED, homeOf, type Item, pagesOf, SOURCE, type States } from './places.js';

/** One request that reaches one thing; what it writes is its own. */
export interface Built {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string | ((prepared: Item) => string);
  body?: Item | ((prepared: Item) => Item);
  /** What has to be there before. */
  given?: States;
  /** What has to be done before, by an admin; what comes of it may be in path and body. */
  before?: (admin: Api) => Promise<Item>;
}

/** `n` is in every name, so that no two requests write the same. */
export type Build = (n: string) => Built | Built[];

const ENVIRONMENTS = '/api/admin/environments';
const FLAGS = '/api/admin/feature-flags';
const SEGMENTS = '/api/admin/segments';
const TOKENS = '/api/admin/tokens';

/** The same of a free and of a protected environment. */
const inBoth = (build: (place: string, n: string) => Built | Built[]): Record<'free' | 'protected', Build> => ({
  free: (n) => build(FREE, n),
  protected: (n) => build(GUARDED, n),
});

const child = (place: string, n: string, settings?: object) => ({
  environments: [environment(`${place}-${n}`, homeOf(place), settings)],
});
const key = (n: string) => `m.${n}`;
const flags = (n: string, rest?: object): States => ({ flags: [flag(key(n), rest)] });
const overridden = (place: string, n: string, rest?: object): States => ({
  ...flags(n, rest),
  overrides: [{ flag: key(n), environment: place, enabled: true }],
});
const overridePath = (place: string, n: string) => `${ENVIRONMENTS}/${place}/feature-flags/${key(n)}`;
const condition = (value: string) => [{ attribute: 'plan', operator: 'in', values: [value] }];
const segment = (n: string) => ({ key: `s.${n}`, name: n, conditions: condition('pro') });
const steps = (place: string) => ({ steps: [{ environment: place }, { environment: `${place}-next` }] });
const check = (place?: string) => ({ context: {}, variant: 'off', ...(place !== undefined && { environment: place }) });
const checkPath = (n: string) => `${FLAGS}/${key(n)}/checks/c`;
const values = (built: Built): Record<string, Build> => ({ values: () => built });
const importing = (states: States, given?: States): Built => ({
  method: 'POST',
  path: '/api/admin/import',
  body: document(states),
  ...(given && { given }),
});
const promoting = (place: string, n: string): Item => ({ from: SOURCE, to: place, flags: [key(n)] });

/** Done by an admin. @throws when it is refused. */
async function done(admin: Api, method: string, path: string, body?: Item): Promise<Item> {
  const answer = await admin.call(method, path, { ...(body && { body }) });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  return (answer.body ?? {}) as Item;
}

const newToken = (n: string) => (admin: Api) => done(admin, 'POST', TOKENS, client(n));
const client = (n: string): Item => ({ name: `token ${n}`, kind: 'client', environments: [FREE] });
const newestRevision = async (admin: Api) => {
  const { items } = (await done(admin, 'GET', '/api/flags/audit?limit=1')) as { items: { revision: number }[] };
  return { at: items[0]?.revision };
};

/** Requests by operation and by what they reach, as docs/reference/permissions.md names both. Other operations are sent as the API's page does. */
export const REQUESTS: Record<string, Record<string, Build>> = {
  'environments.create': {
    ...inBoth((place, n) => ({ method: 'POST', path: ENVIRONMENTS, body: { slug: `new-${n}`, parent: homeOf(place) } })),
    root: (n) => ({ method: 'POST', path: ENVIRONMENTS, body: { slug: `root-${n}` } }),
  },
  'environments.update': {
    ...inBoth((place, n) => ({ method: 'PATCH', path: `${ENVIRONMENTS}/${place}-${n}`, body: { description: n }, given: child(place, n) })),
    guard: (n) => [
      { method: 'PATCH', path: `${ENVIRONMENTS}/${FREE}-${n}`, body: { settings: { protected: true } }, given: child(FREE, n) },
      { method: 'PATCH', path: `${ENVIRONMENTS}/${GUARDED}-${n}`, body: { settings: { protected: false } }, given: child(GUARDED, n) },
    ],
    root: (n) => ({ method: 'PATCH', path: `${ENVIRONMENTS}/${FREE}-${n}?force=true`, body: { parent: null }, given: child(FREE, n) }),
  },
  'environments.delete': {
    free: (n) => ({ method: 'DELETE', path: `${ENVIRONMENTS}/${FREE}-${n}`, given: child(FREE, n) }),
    guard: (n) => ({ method: 'DELETE', path: `${ENVIRONMENTS}/${GUARDED}-${n}`, given: child(GUARDED, n) }),
  },
  'environments.restore': {
    ...inBoth((place, n) => restored(place, n, {})),
    root: (n) => restored(FREE, n, { parent: null }),
  },
  'flags.create': {
    nothing: (n) => ({ method: 'POST', path: FLAGS, body: { key: key(n) } }),
    every: (n) => ({ method: 'POST', path: FLAGS, body: { key: key(n), enabled: true } }),
  },
  'flags.update': {
    nothing: (n) => ({ method: 'PATCH', path: `${FLAGS}/${key(n)}`, body: { description: n }, given: flags(n) }),
    ...inBoth((place, n) => [
      { method: 'PATCH', path: `${FLAGS}/${key(n)}`, body: { enabled: true, environment: place }, given: flags(n) },
      { method: 'PATCH', path: `${FLAGS}/${key(n)}-tag`, body: { tags: [pagesOf(place)] }, given: { flags: [flag(`${key(n)}-tag`)] } },
    ]),
    every: (n) => ({ method: 'PATCH', path: `${FLAGS}/${key(n)}`, body: { enabled: true }, given: flags(n) }),
  },
  'flags.archive': { every: (n) => ({ method: 'DELETE', path: `${FLAGS}/${key(n)}`, given: flags(n, { enabled: true }) }) },
  'flags.restore': {
    every: (n) => ({
      method: 'POST',
      path: `${FLAGS}/${key(n)}/restore`,
      body: {},
      given: flags(n, { enabled: true }),
      before: (admin) => done(admin, 'DELETE', `${FLAGS}/${key(n)}`),
    }),
  },
  'segments.create': { nothing: (n) => ({ method: 'POST', path: SEGMENTS, body: segment(n) }) },
  'segments.update': {
    nothing: (n) => ({ method: 'PATCH', path: `${SEGMENTS}/s.${n}`, body: { conditions: condition('free') }, given: { segments: [segment(n)] } }),
    ...inBoth((place, n) => ({
      method: 'PATCH',
      path: `${SEGMENTS}/s.${n}`,
      body: { conditions: condition('free') },
      given: { ...flags(n), segments: [segment(n)], overrides: [{ flag: key(n), environment: place, rules: [{ id: 'r', conditions: [{ segment: `s.${n}` }], serve: { variant: 'on' } }] }] },
    })),
  },
  'segments.delete': { nothing: (n) => ({ method: 'DELETE', path: `${SEGMENTS}/s.${n}`, given: { segments: [segment(n)] } }) },
  'environmentFlags.put': inBoth((place, n) => ({ method: 'PUT', path: overridePath(place, n), body: { enabled: true }, given: flags(n) })),
  'environmentFlags.update': inBoth((place, n) => ({ method: 'PATCH', path: overridePath(place, n), body: { enabled: false }, given: overridden(place, n) })),
  'environmentFlags.delete': inBoth((place, n) => ({ method: 'DELETE', path: overridePath(place, n), given: overridden(place, n) })),
  'checks.put': {
    ...inBoth((place, n) => ({ method: 'PUT', path: checkPath(n), body: check(place), given: flags(n) })),
    every: (n) => ({ method: 'PUT', path: checkPath(n), body: check(), given: flags(n) }),
  },
  'checks.delete': {
    ...inBoth((place, n) => ({ method: 'DELETE', path: checkPath(n), given: { ...flags(n), checks: [{ flag: key(n), name: 'c', ...check(place) }] } })),
    every: (n) => ({ method: 'DELETE', path: checkPath(n), given: { ...flags(n), checks: [{ flag: key(n), name: 'c', ...check() }] } }),
  },
  'pipelines.put': inBoth((place, n) => ({ method: 'PUT', path: `/api/admin/pipelines/p-${n}`, body: steps(place) })),
  'pipelines.delete': inBoth((place, n) => ({ method: 'DELETE', path: `/api/admin/pipelines/p-${n}`, given: { pipelines: [{ name: `p-${n}`, ...steps(place) }] } })),
  'flags.promote': inBoth((place, n) => ({ method: 'POST', path: `${FLAGS}/${key(n)}/promote`, body: { from: SOURCE, to: place }, given: overridden(SOURCE, n) })),
  'promotions.create': inBoth((place, n) => ({ method: 'POST', path: '/api/admin/promotions', body: promoting(place, n), given: overridden(SOURCE, n) })),
  'promotions.revert': inBoth((place, n) => ({
    method: 'POST',
    path: ({ id }) => `/api/admin/promotions/${String(id)}/revert`,
    body: {},
    given: overridden(SOURCE, n),
    before: (admin) => done(admin, 'POST', '/api/admin/promotions', promoting(place, n)),
  })),
  'bulk.run': inBoth((place, n) => ({ method: 'POST', path: '/api/admin/bulk', body: { operation: 'enable', flags: [key(n)], environments: [place] }, given: flags(n) })),
  'history.restore': {
    ...inBoth((place, n) => ({
      method: 'POST',
      path: '/api/admin/restore',
      body: (then) => ({ flag: key(n), environment: place, ...then }),
      given: overridden(place, n),
      before: async (admin) => {
        const then = await newestRevision(admin);
        await done(admin, 'PATCH', overridePath(place, n), { enabled: false });
        return then;
      },
    })),
    every: (n) => ({
      method: 'POST',
      path: '/api/admin/restore',
      body: (then) => ({ flag: key(n), ...then }),
      given: flags(n, { enabled: true }),
      before: async (admin) => {
        const then = await newestRevision(admin);
        await done(admin, 'PATCH', `${FLAGS}/${key(n)}`, { enabled: false });
        return then;
      },
    }),
  },
  'import.run': {
    nothing: (n) => importing(flags(n)),
    ...inBoth((place, n) => importing({ overrides: [{ flag: key(n), environment: place, enabled: true }] }, flags(n))),
    every: (n) => importing(flags(n, { enabled: true }), flags(n)),
    guard: (n) => importing(child(FREE, n, { protected: true }), child(FREE, n)),
    root: (n) => importing({ environments: [environment(`root-${n}`)] }),
  },
  'tokens.list': { tokens: () => ({ method: 'GET', path: TOKENS }) },
  'tokens.get': { tokens: (n) => ({ method: 'GET', path: ({ id }) => `${TOKENS}/${String(id)}`, before: newToken(n) }) },
  'tokens.create': { tokens: (n) => ({ method: 'POST', path: TOKENS, body: client(n) }) },
  'tokens.revoke': { tokens: (n) => ({ method: 'DELETE', path: ({ id }) => `${TOKENS}/${String(id)}`, before: newToken(n) }) },
  'tokens.rotate': { tokens: (n) => ({ method: 'POST', path: ({ id }) => `${TOKENS}/${String(id)}/rotate`, body: {}, before: newToken(n) }) },
  'evaluation.evaluate': values({ method: 'POST', path: `/api/feature-flags/evaluate?env=${FREE}`, body: { context: {} } }),
  'evaluation.environment': values({ method: 'GET', path: `/api/feature-flags/environment?env=${FREE}` }),
  'evaluation.snapshot': values({ method: 'GET', path: `/api/feature-flags/snapshot?env=${FREE}` }),
  'evaluation.stream': values({ method: 'GET', path: `/api/feature-flags/stream?env=${FREE}` }),
  'ofrep.evaluateFlag': values({ method: 'POST', path: `/ofrep/v1/evaluate/flags/given?env=${FREE}`, body: { context: {} } }),
  'ofrep.evaluateFlagsBulk': values({ method: 'POST', path: `/ofrep/v1/evaluate/flags?env=${FREE}`, body: { context: {} } }),
  'flags.explain': values({ method: 'POST', path: `${FLAGS}/given/explain`, body: { environment: FREE, context: {} } }),
  'flagd.flags': values({ method: 'GET', path: `/flagd/v1/${FREE}/flags.json` }),
  'checks.run': values({ method: 'POST', path: `${FLAGS}/given/checks/run?env=${FREE}` }),
}; // prettier-ignore

function restored(place: string, n: string, body: Item): Built {
  return {
    method: 'POST',
    path: `${ENVIRONMENTS}/${place}-${n}/restore`,
    body,
    given: child(place, n),
    before: (admin) => done(admin, 'DELETE', `${ENVIRONMENTS}/${place}-${n}`),
  };
}
