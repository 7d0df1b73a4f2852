const PREFIX = 'FF_';

/** The variable that overrides a flag: `ui.new_feature` → `FF_UI_NEW_FEATURE`. */
export function variableOf(key: string): string {
  return PREFIX + key.toUpperCase().replace(/[^A-Z0-9]/g, '_');
}

export function isVariable(name: string): boolean {
  return name.startsWith(PREFIX) && name.length > PREFIX.length;
}

/** What a person should know about the variables that are set, now that the keys are known. */
export function remarksOn(variables: Iterable<string>, keys: Iterable<string>): string[] {
  const byVariable = new Map<string, string[]>();
  for (const key of keys) byVariable.set(variableOf(key), [...(byVariable.get(variableOf(key)) ?? []), key]);
  return [...variables].flatMap((variable) => {
    const meant = byVariable.get(variable);
    if (meant === undefined) return nearMiss(variable, byVariable);
    return meant.length > 1
      ? [`${variable} overrides ${meant.length} flags, whose keys it cannot tell apart: ${meant.join(', ')}`]
      : [];
  });
}

/** Nothing that is like a known name: it may be of a flag that does not exist yet. */
function nearMiss(variable: string, byVariable: ReadonlyMap<string, readonly string[]>): string[] {
  const most = variable.length < 8 ? 1 : 2;
  for (const [known, [key]] of byVariable) {
    if (distance(variable, known, most) <= most)
      return [`${variable} overrides no flag that there is. Did you mean ${known}, for "${key ?? ''}"?`];
  }
  return [];
}

/** How many letters differ, are missing or too many; more than `most` is not counted to its end. */
export function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    if (Math.min(...next) > most) return most + 1;
    row = next;
  }
  return row[b.length] as number;
}
