/** What a file of the directory is for. */
export type FileRole =
  | { role: 'base' | 'environments' | 'policy' | 'segments' | 'checks' }
  | { role: 'environment'; directory: string }
  | { role: 'nothing' };

const ENDING = /\.(?:ya?ml|json)$/;

/** Whether a file of this name is read at all: neither what is hidden, nor what is neither YAML nor JSON. */
export function isRead(path: string): boolean {
  return ENDING.test(path) && !path.split('/').some((name) => name.startsWith('.'));
}

/** By its path: names of files within a directory mean nothing, so that people keep one file for each namespace or one for all. */
export function roleOf(path: string): FileRole {
  const [directory = '', ...rest] = path.split('/');
  if (rest.length === 0) {
    const name = path.replace(ENDING, '');
    return name === 'environments' || name === 'policy' || name === 'segments' ? { role: name } : { role: 'nothing' };
  }
  if (directory === '_base') return { role: 'base' };
  if (directory === 'checks') return { role: 'checks' };
  return { role: 'environment', directory };
}
