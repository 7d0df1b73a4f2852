import fc from 'fast-check';

/** How often a property is tried: with the seed that all merges share as often as they can wait for, and with a seed of its own as at night. */
export function runs(usual: number, atNight: number): number {
  return fc.readConfigureGlobal().seed === undefined ? atNight : usual;
}
