/** The nearest of the names, within two slips; null where none is near. */
export function nearest(typed: string, names: readonly string[]): string | null {
  let best: { name: string; slips: number } | null = null;
  for (const name of names) {
    const slips = slipsBetween(typed.toLowerCase(), name.toLowerCase());
    if (slips <= Math.min(2, Math.floor(name.length / 2)) && (best === null || slips < best.slips)) best = { name, slips };
  }
  return best?.name ?? null;
}

export function didYouMean(typed: string, names: readonly string[], put: (name: string) => string = (name) => name): string {
  const name = nearest(typed, names);
  return name === null ? '' : ` Did you mean ${put(name)}?`;
}

/** Damerau's distance: letters left out, put in, exchanged, or two of them turned round. */
function slipsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Infinity;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      let slips = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + (isSame ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        slips = Math.min(slips, (before[column - 2] ?? 0) + 1);
      current.push(slips);
    }
    [before, last] = [last, current];
  }
  return last[b.length] ?? Infinity;
}
