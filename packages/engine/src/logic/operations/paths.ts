/** `a.b` is `b` in `a`; a backslash takes the dot after it as part of a name. */
export function splitPath(path: string): string[] {
  const names: string[] = [];
  let name = '';
  for (let i = 0; i < path.length; i++) {
    const next = path[i + 1];
    if (path[i] === '\\' && (next === '.' || next === '/' || next === '\\')) name += path.charAt(++i);
    else if (path[i] === '.') {
      names.push(name);
      name = '';
    } else name += path.charAt(i);
  }
  // a path of nothing but dots has one name for each of them
  return names.length === path.length ? names : [...names, name];
}

/** What lies at the path, or undefined: never what an object inherits, so that no prototype can be reached. */
export function valueAt(value: unknown, names: readonly string[]): unknown {
  for (let i = 0; i < names.length; i++) {
    if (value === null || value === undefined) return undefined;
    const name = names[i] as string;
    value = Object.hasOwn(value, name) ? (value as { [name: string]: unknown })[name] : undefined;
  }
  return typeof value === 'function' ? undefined : value;
}
