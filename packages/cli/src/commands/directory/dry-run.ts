import { dryRun, type DryRun, type DryRunResult } from '../../engine.js';
import type { Invocation, Result } from '../../command.js';
import { UsageError } from '../../command-error.js';
import { EXIT } from '../../exit-codes.js';
import { count } from '../../files/findings.js';
import type { Style } from '../../output/style.js';
import { environmentIn, soundFiles } from './sound-files.js';

interface Chosen {
  env: string[];
  files: string | undefined;
  targetingKey: string | undefined;
  now: string | undefined;
}

export function run({ options, terminal }: Invocation<unknown, Chosen>): Promise<Result> {
  const { env, files = 'flags', targetingKey, now } = options;
  const { directory, state } = soundFiles(files, terminal);
  if (directory.checks.length + directory.contexts.length === 0)
    throw new UsageError(
      `${files}/ has nothing to try: write checks/*.yaml with contexts and the variants that flags must serve them.`,
    );
  const environments = env.map((name) => environmentIn(state, name).slug);
  const run = dryRun(directory, state, {
    now: momentOf(now),
    ...(environments.length > 0 && { environments }),
    ...(targetingKey !== undefined && { targetingKey }),
  });
  const failed = run.results.filter(({ pass }) => !pass).length;
  const results = run.results.map(({ file: _file, pointer: _pointer, expected, ...result }) => ({
    ...result,
    ...(expected !== undefined ? { expected } : { expected: null }),
  }));
  return Promise.resolve({
    data: { format: 'flagtree-dry-run', version: 1, ...run, results, passed: results.length - failed, failed },
    show: (style) => dryRunText(run, failed, style),
    exitCode: failed > 0 ? EXIT.failed : EXIT.done,
  });
}

function momentOf(now: string | undefined): number {
  const moment = now === undefined ? Date.now() : Date.parse(now);
  if (Number.isNaN(moment))
    throw new UsageError(`--now takes a time such as 2026-12-01T00:00:00Z, and got ${JSON.stringify(now)}.`);
  return moment;
}

function dryRunText({ results, unreached, withoutKey }: DryRun, failed: number, { colours }: Style): string {
  const shown = results.filter(({ check, pass }) => check !== null || !pass);
  const lines = shown.map((result) => `${result.pass ? colours.green('PASS') : colours.red('FAIL')} ${whatHappened(result)}`);
  const ways = unreached.map(
    ({ environment, flag, branch }) => `${colours.yellow('no context reaches')} ${flag}@${environment}  ${branch}`,
  );
  const keyless = withoutKey.map(
    ({ environment, contexts }) =>
      `${count(contexts, 'context')} in ${environment} ${contexts === 1 ? 'has' : 'have'} no targetingKey, and no bucket: --targeting-key=<attribute>`,
  );
  return [...lines, ...ways, ...keyless, `Results: ${results.length - failed} passed, ${failed} failed`].join('\n');
}

function whatHappened({ environment, flag, check, context, expected, variant, reason, errorCode, pass }: DryRunResult): string {
  const said = pass
    ? `variant=${String(variant)}`
    : `expected=${expected === undefined ? 'no error' : String(expected)} got=${errorCode ?? String(variant)}`;
  return `[${reason}] ${flag}@${environment}${check === null ? '' : ` ${check}`}  ${said}  context=${JSON.stringify(context)}`;
}
