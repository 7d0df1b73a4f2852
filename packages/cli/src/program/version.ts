import { readFileSync } from 'node:fs';

/** Of this package. */
export const VERSION = readVersion();

function readVersion(): string {
  // from dist/chunks/ or dist/, and from src/program/
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as Record<string, string>;
      if (name === '@flagtree/cli' && version !== undefined) return version;
    } catch {
      // the other one, then
    }
  }
  return '0.0.0';
}
