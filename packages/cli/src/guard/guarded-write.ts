import type { DryRun, Effect, EffectBy, Environment } from '@flagtree/api';
import type { Invocation, Result } from '../command.js';
import { CommandError, UsageError } from '../command-error.js';
import { EXIT } from '../exit-codes.js';
import { counted, effectLines } from '../output/diff.js';
import type { Style } from '../output/style.js';
import { harmless } from '../output/width.js';
import type { WriteChoices } from './write-options.js';

/** What a write would change, as a dry run tells it. */
export interface Rehearsal {
  effect: Effect[];
  effectCount?: number;
  effectBy?: EffectBy;
}

interface Write<Rehearsed extends Rehearsal, Done> {
  /** Environments that are written, by any of their names. */
  targets: readonly string[];
  rehearse: () => Promise<Rehearsed>;
  write: (rehearsed: Rehearsed) => Promise<Done>;
  /** What was done, for people. */
  show: (done: Done, style: Style) => string;
  /** What is taken away for good, or nearly: its name has to be typed. */
  severe?: string;
  /** False: nobody is served anything else by it, whatever it reaches. */
  asks?: boolean;
}

/**
 * A write with its manners: --dry-run stops after the rehearsal; where a protected environment would serve something else, effect and question
 * come first.
 */
export async function guardedWrite<Rehearsed extends Rehearsal, Done>(
  call: Invocation<unknown, WriteChoices>,
  { targets, rehearse, write, show, severe, asks = true }: Write<Rehearsed, Done>,
): Promise<Result> {
  const { dryRun } = call.options;
  const rehearsed = await rehearse();
  if (dryRun) return { data: rehearsed, show: (style) => rehearsalText(rehearsed, style) };
  if (asks) await consent(call, { rehearsed, targets, ...(severe !== undefined && { severe }) });
  const done = await write(rehearsed);
  return { data: done, show: (style) => show(done, style) };
}

export function rehearsalText(rehearsed: Rehearsal & Partial<DryRun>, style: Style): string {
  const { effect, effectCount = effect.length, warnings = [] } = rehearsed;
  return [
    ...effectLines(rehearsed, style),
    ...warnings.map((warning) => `  ! ${harmless(warning)}`),
    `${counted(effectCount, 'value')} would change; nothing was changed.`,
  ].join('\n');
}

interface Asked {
  rehearsed: Rehearsal;
  targets: readonly string[];
  severe?: string;
  /** False: nobody is served anything else by it, whatever it reaches. */
  asks?: boolean;
}

/** @throws {CommandError} where somebody says no, or nobody could be asked */
export async function consent(call: Invocation<unknown, WriteChoices>, { rehearsed, targets, severe }: Asked): Promise<void> {
  const { options, terminal, session } = call;
  const guarded = guardedAmong(await session.environments(), rehearsed, targets);
  if (severe === undefined && guarded.length === 0) return;
  if (options.confirm.length > 0) {
    assertConfirmed(options.confirm, guarded, severe);
    return;
  }
  if (severe === undefined && options.yes) return;
  const names = guarded.map(({ slug }) => slug);
  for (const line of effectLines(rehearsed, terminal.messageStyle)) terminal.say(line);
  if (names.length > 0) terminal.say(`This reaches what is protected: ${names.join(', ')}.`);
  if (severe !== undefined) {
    const typed = await terminal.ask(`Type ${severe} to go on: `, `give --confirm=${severe}`);
    if (typed.trim() !== severe) throw new CommandError('Aborted: that is not its name. Nothing was changed.', EXIT.failed);
    return;
  }
  const isAgreed = await terminal.confirm('Proceed?', `give --confirm=${names.join(',')}, or --yes`);
  if (!isAgreed) throw new CommandError('Aborted. Nothing was changed.', EXIT.failed);
}

function assertConfirmed(confirmed: readonly string[], guarded: readonly Environment[], severe: string | undefined): void {
  if (severe !== undefined && !confirmed.includes(severe))
    throw new UsageError(
      `--confirm=${confirmed.join(',')} does not name ${severe}: give --confirm=${severe}. Nothing was changed.`,
    );
  if (severe !== undefined) return;
  const missing = guarded.filter(({ slug, aliases }) => ![slug, ...aliases].some((name) => confirmed.includes(name)));
  if (missing.length > 0)
    throw new UsageError(
      `--confirm=${confirmed.join(',')} does not name ${missing.map(({ slug }) => slug).join(', ')}, which this reaches: give --confirm=${guarded.map(({ slug }) => slug).join(',')}. Nothing was changed.`,
    );
}

function guardedAmong(all: readonly Environment[], rehearsed: Rehearsal, targets: readonly string[]): Environment[] {
  const reached = new Set([
    ...targets,
    ...rehearsed.effect.map(({ environment }) => environment),
    ...Object.keys(rehearsed.effectBy?.environments ?? {}),
  ]);
  return all.filter(
    ({ id, slug, aliases, effectiveSettings }) =>
      effectiveSettings.protected === true && [id, slug, ...aliases].some((name) => reached.has(name)),
  );
}
