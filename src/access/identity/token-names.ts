/** The names that the log has for the server itself and for its own token. */
const RESERVED: ReadonlySet<string> = new Set(['setup', 'bootstrap']);

export const isReservedName = (name: string): boolean => RESERVED.has(wordOf(name));

/** Names that differ by case alone, or by spaces around them, are the same to whoever reads the log. */
export const isSameName = (one: string, other: string): boolean => wordOf(one) === wordOf(other);

const wordOf = (name: string) => name.trim().toLowerCase();
