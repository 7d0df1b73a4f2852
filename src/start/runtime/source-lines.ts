// Until Node 22 is the oldest that is supported: then to be compared with what Node itself makes of source maps, for the cost of a start.
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { basename, dirname, resolve } from 'node:path';

/** Has stack traces name the lines of our TypeScript instead of those of `bundle`. Its map is read when the first trace is. */
export function nameSourceLines(bundle: string): void {
  const name = basename(bundle);
  let map: SourceMap | null | undefined;
  const placeOf = (site: NodeJS.CallSite): string => {
    const text = (site as { toString: () => string }).toString();
    const [line, column] = [site.getLineNumber(), site.getColumnNumber()];
    if (site.getFileName() !== name || line === null || column === null) return text;
    if (map === undefined) map = readMap(`${bundle}.map`);
    const origin = map?.findEntry(line - 1, column - 1);
    // nothing, or undefined, where the line is none of ours
    if (!origin || !('originalSource' in origin) || !origin.originalSource) return text;
    const source = resolve(dirname(bundle), origin.originalSource);
    const place = `${source}:${String(origin.originalLine + 1)}:${String(origin.originalColumn + 1)}`;
    return text.replace(`${name}:${String(line)}:${String(column)}`, place);
  };
  Error.prepareStackTrace = (error, sites) =>
    [Error.prototype.toString.call(error), ...sites.map((site) => `    at ${placeOf(site)}`)].join('\n');
}

function readMap(path: string): SourceMap | null {
  if (!existsSync(path)) return null;
  return new SourceMap(JSON.parse(readFileSync(path, 'utf8')) as SourceMapPayload);
}
