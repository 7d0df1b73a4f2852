import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/* Flags from the command line, for runbooks: see docs/how-to/promote-a-flag.md. */

const USAGE = `npm run flags:promote <key>… -- --from=<environment> --to=<environment>[,…] [options]
npm run flags:enable <key> -- --env=<environment> [--reason=…] [--dry-run]
npm run flags:disable <key> -- --env=<environment> [--reason=…] [--dry-run]

  --dry-run             only say what would be done
  --plan-id=<id>        do exactly what a dry run said, or nothing
  --mode=<mode>         resolved (default): what the source resolves to; override: what it overrides; exact: its override as it is
  --fields=<field>,…    enabled, percentage, rules, variants, defaultVariant, offVariant; all without it
  --percentage=<n>      the target starts with this percentage; --with.<field>=<JSON> likewise for any field, null: inherit
  --keep[=<env>,…]      what is below the target, or these environments, do not follow
  --prune               remove overrides of the source that it would inherit now
  --dependencies=<way>  block (default), include or ignore prerequisites that the target has differently
  --reason=<text>       why

Keys may be patterns, such as 'ui.*'. FLAGTREE_URL and FLAGTREE_CLI_TOKEN, else FLAGTREE_TOKEN (or their _FILE), say which server,
and who; beside a local server neither is needed: its data directory knows both. Exit codes: 0 done, or nothing to do; 3 blocked, or a dry run that would be; 1 anything else.`;

const FIELDS = ['enabled', 'percentage', 'rules', 'rulesMode', 'variants', 'defaultVariant', 'offVariant'];

const OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string' },
  env: { type: 'string' },
  fields: { type: 'string' },
  mode: { type: 'string' },
  percentage: { type: 'string' },
  ...Object.fromEntries(FIELDS.map((field) => [`with.${field}`, { type: 'string' }])),
  keep: { type: 'string' },
  reason: { type: 'string' },
  'plan-id': { type: 'string' },
  dependencies: { type: 'string' },
  prune: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
};

const COMMANDS = {
  promote,
  enable: (keys, options) => turn(true, keys, options),
  disable: (keys, options) => turn(false, keys, options),
};

/** npm keeps options without "--" to itself, and hands them on as npm_config_*. It completes some names: --to to its own --token-description. */
const COMPLETED = { to: 'token_description' };

const BLOCKED = 3;

/** What makes the command end with a line for people, and with 1 or `exitCode`. */
class Refusal extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

try {
  const { command, keys, options } = read(process.argv.slice(2), process.env);
  console.log(options.help ? USAGE : await command(keys, options));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}

async function promote(keys, options) {
  const { from, to, fields, mode, prune, dependencies, reason, 'dry-run': dryRun, 'plan-id': plan } = options;
  if (keys.length === 0 || !from || !to)
    throw new Refusal('Say what goes where: npm run flags:promote <key> -- --from=<environment> --to=<environment>');
  const targets = to.split(',');
  const given = givenValues(options);
  const keep = options.keep === 'true' ? true : options.keep?.split(',');
  const body = {
    from,
    to: targets.length === 1 ? to : targets,
    ...(fields && { fields: fields.split(',') }),
    ...(given && { with: given }),
    ...(keep && { keep }),
    ...(prune && { prune }),
    ...(plan && { plan }),
    ...(mode && { mode }),
    ...(dependencies && { dependencies }),
    ...(reason && { reason }),
  };
  const [only, ...others] = keys;
  const single = others.length === 0 && !only.includes('*');
  const path = single ? `/api/admin/feature-flags/${encodeURIComponent(only)}/promote` : '/api/admin/promotions';
  const ask = (more) => call('POST', path, { ...body, ...more, ...(single ? {} : { flags: keys }) });
  const planned = await ask({ dryRun: true });
  if (planned.result === 'blocked') process.exitCode = BLOCKED;
  for (const line of linesOf(planned)) console.log(line);
  return verdict(dryRun || planned.result !== 'applied' ? planned : await ask({ plan: planned.plan.id }), dryRun);
}

/** Values are JSON; what is no JSON is text, such as the key of a variant. */
function givenValues({ percentage, ...options }) {
  const given = FIELDS.filter((field) => options[`with.${field}`] !== undefined).map((field) => [
    field,
    options[`with.${field}`],
  ]);
  if (percentage !== undefined) given.push(['percentage', percentage]);
  if (given.length === 0) return null;
  return Object.fromEntries(given.map(([field, text]) => [field, valueOf(text)]));
}

function valueOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function turn(enabled, keys, { env, reason, 'dry-run': dryRun }) {
  const [key, ...others] = keys;
  if (!key || others.length > 0 || !env)
    throw new Refusal(`Say which flag where: npm run flags:${enabled ? 'enable' : 'disable'} <key> -- --env=<environment>`);
  const path = `/api/admin/feature-flags/${encodeURIComponent(key)}${dryRun ? '?dryRun=true' : ''}`;
  const answer = await call('PATCH', path, { enabled, environment: env, ...(reason && { reason }) });
  if (dryRun)
    return [...answer.effect.map(effectLine), `It would be ${enabled ? 'on' : 'off'} in ${env}; nothing was changed.`].join('\n');
  return `${key} is ${enabled ? 'on' : 'off'} in ${answer.environment} (revision ${answer.revision}).`;
}

function linesOf({ from, changes, effect, effectCount = effect.length, redundant, kept, skipped, branches, gates }) {
  const untried = branches.filter(({ reachedBy }) => reachedBy.length === 0);
  return [
    ...changes.map(
      ({ environment, flag, field, action, after }) =>
        `${flag} in ${environment}: ${action} ${field}${action === 'set' ? ` = ${JSON.stringify(after)}` : ''}`,
    ),
    ...effect.map(effectLine),
    ...(effect.length < effectCount ? [`  … and ${effectCount - effect.length} more: promote fewer flags to see all`] : []),
    ...redundant
      .filter(({ pruned }) => !pruned)
      .map(
        ({ environment, flag, field }) =>
          `  ${flag} in ${environment}: its own ${field} is no longer needed (--prune removes it)`,
      ),
    ...kept
      .filter(({ endsLayering }) => endsLayering)
      .map(({ environment, flag }) => `  ${flag} in ${environment}: its rules are one list of its own from now on`),
    ...skipped.map((flag) => `  ${flag}: skipped, ${from} overrides nothing of it`),
    ...untried.map(({ environment, flag, branch }) => `  ${flag} in ${environment}: no check or context reaches ${branch}`),
    ...gates.filter(({ state }) => state !== 'passed').map(({ gate, state, reason }) => `  gate ${gate} ${state}: ${reason}`),
  ];
}

function verdict({ flags, from, to, result, changes, effect, revision, id, ...counts }, dryRun) {
  const { changeCount = changes.length, effectCount = effect.length } = counts;
  const what = `${flags.join(', ') || 'No flag fits'}: ${from} → ${[to].flat().join(', ')}`;
  const count = `${counted(changeCount, 'field')} written, ${counted(effectCount, 'value')} changed`;
  if (result === 'no-op') return `${what}: nothing to do.`;
  if (result === 'blocked') return `${what}: ${dryRun ? 'would be' : 'is'} blocked, nothing was changed (${count}).`;
  if (dryRun) return `${what}: would be applied; --plan-id=${id} does exactly this (${count}).`;
  return `${what}: applied, ${count} (revision ${revision}, promotion ${id}).`;
}

function counted(count, thing) {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

function effectLine({ environment, flag, field, before, after }) {
  return `  ${flag} in ${environment}: ${field} ${JSON.stringify(before)} → ${JSON.stringify(after)}`;
}

function read(args, env) {
  const [name, ...given] = args;
  const rest = given.map((arg) => (arg === '--keep' ? '--keep=true' : arg));
  if (name === '--help' || name === '-h') return { keys: [], options: { help: true } };
  const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name] : undefined;
  if (!command) throw new Refusal(`There is no command "${name ?? ''}": it is one of ${Object.keys(COMMANDS).join(', ')}.`);
  try {
    const { values, positionals } = parseArgs({ args: rest, options: OPTIONS, allowPositionals: true });
    for (const [option, { type }] of Object.entries(OPTIONS)) {
      const given = keptByNpm(option, env);
      if (given !== undefined && given !== '') values[option] ??= type === 'boolean' ? given === 'true' : given;
    }
    return { command, keys: positionals, options: values };
  } catch (error) {
    throw new Refusal(`${error.message}\n\n${USAGE}`);
  }
}

/** Also under names that npm does not know and lets pass, such as --dryrun: what was only to be looked at must not be done. */
function keptByNpm(option, env) {
  const plain = (name) => name.replaceAll(/[-_.]/g, '').toLowerCase();
  const name = Object.keys(env).find(
    (one) => one.startsWith('npm_config_') && plain(one.slice(11)) === plain(option) && env[one] !== '',
  );
  return env[name] ?? env[`npm_config_${COMPLETED[option]}`];
}

async function call(method, path, body) {
  const response = await request(method, path, body);
  const answer = await response.json().catch(() => null);
  if (answer === null)
    throw new Refusal(`What answers at ${server().url} is no Flagtree (${response.status}, not JSON): set FLAGTREE_URL.`);
  if (response.ok) return answer;
  const places = (answer.errors ?? []).map(({ pointer, detail }) => `\n  ${pointer}: ${detail}`).join('');
  const whose = response.status === 401 || response.status === 403 ? ` (The token is that of ${server().tokenOf}.)` : '';
  throw new Refusal(
    `${answer.detail ?? `The server answered ${response.status}.`}${whose}${places}`,
    answer.result === 'blocked' ? BLOCKED : 1,
  );
}

/** With these nothing can have been done. */
const NEVER_ARRIVED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

async function request(method, path, body) {
  const { url, token } = server();
  try {
    return await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
  } catch (error) {
    const why = error.cause?.code ?? error.message;
    if (method !== 'GET' && !NEVER_ARRIVED.has(why))
      throw new Refusal(`The server at ${url} was lost before it answered (${why}): it may have done this, or not. Look first.`);
    throw new Refusal(`No server answers at ${url} (${why}): set FLAGTREE_URL.`);
  }
}

function server() {
  const { FLAGTREE_URL, PORT = '3000', FLAGTREE_DATA_DIR = '.flagtree' } = process.env;
  const noted = join(FLAGTREE_DATA_DIR, 'server.json');
  const local = existsSync(noted) ? JSON.parse(contentOf(noted, 'The address of the server')).url : `http://127.0.0.1:${PORT}`;
  const url = (FLAGTREE_URL || local).replace(/\/+$/, '');
  for (const name of ['FLAGTREE_CLI_TOKEN', 'FLAGTREE_TOKEN']) {
    const { [name]: text, [`${name}_FILE`]: file } = process.env;
    if (text) return { url, token: wholeToken(text, name), tokenOf: name };
    if (file) return { url, token: wholeToken(contentOf(file), file), tokenOf: `${name}_FILE` };
  }
  const file = join(FLAGTREE_DATA_DIR, 'admin-token');
  if (!existsSync(file))
    throw new Refusal(
      `Who are you? Set FLAGTREE_CLI_TOKEN or FLAGTREE_CLI_TOKEN_FILE; there is no ${file} of a local server either.`,
    );
  return { url, token: wholeToken(contentOf(file), file), tokenOf: file };

  function contentOf(path, what = 'The token') {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      throw new Refusal(`${what} cannot be read from ${path} (${error.code}).`);
    }
  }
}

/** A token that no header can hold would be shown by the error that says so. */
function wholeToken(text, where) {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new Refusal(`${where} holds no token: one is visible ASCII characters without spaces.`);
}
