import type { Effect, EffectBy } from '@flagtree/api';
import type { Style } from './style.js';
import { harmless } from './width.js';

/** A value in one line. */
export function inline(value: unknown): string {
  return harmless(value === undefined ? '-' : JSON.stringify(value));
}

/** `~ flag in environment: field before → after`, one line for each value. Where there are more than are listed, that is said. */
export function effectLines(
  {
    effect,
    effectCount = effect.length,
    effectBy,
  }: { effect: readonly Effect[]; effectCount?: number; effectBy?: EffectBy | undefined },
  { colours }: Style,
): string[] {
  const lines = effect.map(
    ({ environment, flag, field, before, after }) =>
      `  ${colours.yellow('~')} ${harmless(flag)} in ${harmless(environment)}: ${field} ${colours.red(inline(before))} → ${colours.green(inline(after))}`,
  );
  if (effect.length < effectCount) {
    const by = Object.entries(effectBy?.environments ?? {}).map(([environment, count]) => `${environment} ${count}`);
    lines.push(`  … and ${effectCount - effect.length} more${by.length > 0 ? ` (all together: ${by.join(', ')})` : ''}`);
  }
  return lines;
}

export function counted(count: number, thing: string, things = `${thing}s`): string {
  return `${count} ${count === 1 ? thing : things}`;
}
