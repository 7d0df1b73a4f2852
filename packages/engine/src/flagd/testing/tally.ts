import fc from 'fast-check';

/** How often a property has met what: one that never meets a case says nothing about it. */
export class ForestTally {
  private readonly counts = new Map<string, number>();

  count(...names: readonly string[]): void {
    for (const name of names) this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  /** With their counts, those that were met less often. */
  rarerThan(least: number, names: readonly string[]): [string, number][] {
    return names.map((name): [string, number] => [name, this.counts.get(name) ?? 0]).filter(([, count]) => count < least);
  }

  print(title: string): void {
    const each = [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => `${name}: ${count}`);
    process.stdout.write(`${title}; ${each.join(', ')}\n`);
  }
}

/** Of the run, or one for this test when the run has none. */
export function seedOf(): number {
  return fc.readConfigureGlobal().seed ?? Date.now() % 2 ** 31;
}
