/** The names between braces, in their order. */
export function namesIn(template: string): string[] {
  return Array.from(template.matchAll(/\{(\w+)\}/g), ([, name = '']) => name);
}

/** @throws {TypeError} for what cannot be a segment: URLs take "." and ".." for directions, and nothing for the collection. */
export function pathFrom(template: string, values: readonly unknown[]): string {
  const rest = [...values];
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest.shift();
    if (typeof value === 'string' && !/^\.{0,2}$/.test(value)) return encodeURIComponent(value);
    throw new TypeError(
      `"${name}" of ${template} must be a name, and is ${value === undefined ? 'missing' : JSON.stringify(value)}.`,
    );
  });
}

type QueryValue = string | number | boolean | readonly string[] | null | undefined;

/** Booleans and numbers as text, lists with commas; what is absent or null is left out. */
export function queryFrom(values: Readonly<Record<string, QueryValue>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null) query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
