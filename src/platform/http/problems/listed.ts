const SHOWN = 5;

/** The first five, and how many more there are. */
export function listed(things: readonly string[], separator = '; '): string {
  const more = things.length - SHOWN;
  return things.slice(0, SHOWN).join(separator) + (more > 0 ? `${separator}and ${String(more)} more` : '');
}
