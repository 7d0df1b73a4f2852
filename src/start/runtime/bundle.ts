// Until Node 22 is the oldest that is supported: its compile cache (22.1) can keep the bytecode; the bundle itself stays (ADR 0034).
import { existsSync, readFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { basename, dirname } from 'node:path';
import { Script } from 'node:vm';

export interface LoadedBundle<T> {
  exports: T;
  script: Script;
}

/** Where the build keeps what V8 has compiled of a bundle. */
export const bytecodeOf = (bundle: string): string => `${bundle}.bytecode`;

/**
 * Runs a bundle, a CommonJS file of ASCII characters. With the bytecode that the build kept of it, V8 need not read six megabytes of JavaScript
 * again; another version of V8 refuses it and compiles, as it would without. Bytecode remembers what its file was called: the name alone is
 * the same wherever the package lies.
 */
export function loadBundle<T>(bundle: string): LoadedBundle<T> {
  const kept = bytecodeOf(bundle);
  const cachedData = existsSync(kept) ? readFileSync(kept) : undefined;
  const source = Module.wrap(readFileSync(bundle, 'latin1'));
  const script = new Script(source, { filename: basename(bundle), ...(cachedData && { cachedData }) });
  const module = { exports: {} as T };
  const run = script.runInThisContext() as (...scope: unknown[]) => void;
  run(module.exports, createRequire(bundle), module, bundle, dirname(bundle));
  return { exports: module.exports, script };
}
