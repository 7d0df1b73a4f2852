import { existsSync } from 'node:fs';
import type { FlagtreeApi, Server, Whoami } from '@flagtree/api';
import type { Invocation, Result } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { counted } from '../../output/diff.js';
import { harmless, padded } from '../../output/width.js';
import { explain } from '../../program/explain-error.js';
import { VERSION } from '../../program/version.js';
import { type Credentials } from '../../server/credentials.js';
import { configPath } from '../../server/profiles.js';
import type { Session } from '../../server/session.js';

export interface Finding {
  subject: string;
  state: 'good' | 'warning' | 'wrong';
  detail: string;
  /** What to do about it. */
  remedy?: string;
}

const MARKS = { good: '+', warning: '~', wrong: '!' } as const;
const SKEW_MS = 5_000;
const SOON_MS = 14 * 24 * 3_600_000;

/** One thing after another, as far as the one before it lets us. */
export async function run({ session }: Invocation): Promise<Result> {
  const findings: Finding[] = [];
  for await (const finding of examine(session)) findings.push(finding);
  const healthy = findings.every(({ state }) => state !== 'wrong');
  return {
    data: { healthy, findings },
    show: ({ colours }) => {
      const paint = { good: colours.green, warning: colours.yellow, wrong: colours.red };
      const lines = findings.flatMap(({ subject, state, detail, remedy }) => [
        `${paint[state](`${MARKS[state]} ${padded(state, 7)}`)}  ${padded(subject, 10)}  ${harmless(detail)}`,
        ...(remedy === undefined ? [] : [`${' '.repeat(23)}→ ${remedy}`]),
      ]);
      const wrong = findings.filter(({ state }) => state === 'wrong').length;
      return [...lines, healthy ? 'All is well.' : `${counted(wrong, 'thing is', 'things are')} wrong.`].join('\n');
    },
    exitCode: healthy ? EXIT.done : EXIT.failed,
  };
}

async function* examine(session: Session): AsyncGenerator<Finding> {
  yield* proxyFindings();
  let credentials: Credentials;
  try {
    credentials = await session.credentials();
  } catch (error) {
    yield { subject: 'address', state: 'wrong', detail: (error as Error).message };
    return;
  }
  const { url, token } = credentials;
  yield { subject: 'address', state: 'good', detail: `${url.value}, says ${url.from}` };
  yield* safetyFindings(url.value);
  const started = Date.now();
  const reached = await reach(session, url.value);
  yield { ...reached, detail: reached.state === 'good' ? `it answers in ${Date.now() - started} ms` : reached.detail };
  if (reached.state === 'wrong') return;
  yield* await readiness(session.apiAs(url.value, null));
  if (token === null) {
    yield { subject: 'token', state: 'wrong', detail: 'there is none', remedy: 'flagtree login, or set FLAGTREE_CLI_TOKEN.' };
    return;
  }
  yield* ofToken(session, credentials, token);
}

async function* ofToken(session: Session, { url }: Credentials, token: { value: string; from: string }): AsyncGenerator<Finding> {
  const api = session.apiAs(url.value, token.value);
  let who: Whoami;
  try {
    who = await api.about.whoami();
  } catch (error) {
    yield {
      subject: 'token',
      state: 'wrong',
      detail: await saying(error, session),
      remedy: 'flagtree login, or another FLAGTREE_CLI_TOKEN.',
    };
    return;
  }
  yield* tokenFindings(who, token.from);
  if (who.kind !== 'admin') return;
  try {
    yield* serverFindings(await api.about.server());
  } catch (error) {
    yield { subject: 'server', state: 'wrong', detail: await saying(error, session) };
  }
}

function* proxyFindings(): Generator<Finding> {
  const set = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].filter((name) => process.env[name]);
  if (set.length > 0)
    yield {
      ...{ subject: 'proxy', state: 'warning', detail: `${set.join(', ')} is set, and flagtree goes to the server directly` },
      remedy: 'give an address that can be reached without it.',
    };
}

function* safetyFindings(url: string): Generator<Finding> {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'http:' && hostname !== 'localhost' && !/^127\.|^\[::1\]$/.test(hostname))
    yield {
      subject: 'address',
      state: 'warning',
      detail: 'the token goes over http, where others can read it',
      remedy: 'take https://.',
    };
  if (process.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0')
    yield {
      subject: 'address',
      state: 'warning',
      detail: 'NODE_TLS_REJECT_UNAUTHORIZED=0 takes any certificate',
      remedy: 'name your authority with NODE_EXTRA_CA_CERTS.',
    };
  if (existsSync(configPath(process.env))) yield { subject: 'profiles', state: 'good', detail: configPath(process.env) };
}

async function reach(session: Session, url: string): Promise<Finding> {
  try {
    await session.apiAs(url, null).health.live();
    return { subject: 'connection', state: 'good', detail: '' };
  } catch (error) {
    return {
      subject: 'connection',
      state: 'wrong',
      detail: await saying(error, session),
      remedy: 'is the server running, and the address right?',
    };
  }
}

async function readiness(api: FlagtreeApi): Promise<Finding[]> {
  const report = await api.health.ready().catch((error: unknown) => (error as { document?: unknown }).document ?? {});
  const { checks = {} } = report as { checks?: Record<string, { status: string; detail?: string }> };
  return Object.entries(checks).map(([subject, { status, detail }]) => ({
    subject,
    state: status === 'up' ? 'good' : status === 'degraded' ? 'warning' : 'wrong',
    detail: detail ?? `it is ${status}`,
  }));
}

function* tokenFindings({ name, kind, role, environments, expiresAt }: Whoami, from: string): Generator<Finding> {
  yield { subject: 'token', state: 'good', detail: `it is ${name}, says ${from}` };
  if (kind !== 'admin')
    yield {
      subject: 'role',
      state: 'warning',
      detail: `a ${kind} token only evaluates`,
      remedy: 'a management token begins with ft_admin_: set FLAGTREE_CLI_TOKEN.',
    };
  else yield { subject: 'role', state: 'good', detail: `${role ?? ''} in ${environments?.join(', ') ?? 'every environment'}` };
  if (expiresAt !== null && Date.parse(expiresAt) - Date.now() < SOON_MS)
    yield {
      subject: 'token',
      state: 'warning',
      detail: `it ends at ${expiresAt}`,
      remedy: 'flagtree token create makes another one.',
    };
}

function* serverFindings({ version, time, database, revision }: Server): Generator<Finding> {
  const isSame = version.split('.').slice(0, 2).join('.') === VERSION.split('.').slice(0, 2).join('.');
  yield isSame
    ? {
        subject: 'version',
        state: 'good',
        detail: `${version}, at revision ${revision}, with a database that is ${database.kind}`,
      }
    : {
        subject: 'version',
        state: 'warning',
        detail: `the server is ${version}, and flagtree ${VERSION}`,
        remedy: 'install the same version of both.',
      };
  const skew = Date.parse(time) - Date.now();
  yield Math.abs(skew) < SKEW_MS
    ? { subject: 'clock', state: 'good', detail: 'yours and that of the server agree' }
    : {
        ...{ subject: 'clock', state: 'warning', detail: `the server's is ${Math.round(skew / 1000)} s ahead of yours` },
        remedy: 'set the clock that is wrong: times in options are read by the server.',
      };
}

const saying = async (error: unknown, session: Session): Promise<string> =>
  (await explain(error, session)).message.replaceAll('\n', ' ');
