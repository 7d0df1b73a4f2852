import type { ActiveOverride } from '../types/client.js';
import type { Json } from '../types/json.js';
import { isVariable, variableOf } from './names.js';

/** What a layer says of a flag. */
export type Said =
  | { readonly from: 'override'; readonly value: Json }
  | { readonly from: 'process' | '.env.local'; readonly name: string; readonly text: string };

type Variables = Readonly<Record<string, string | undefined>>;

/** What this process says of flags: `override()`, then `FF_*` of its environment, then `FF_*` of `.env.local`. */
export class Layers {
  /** Changes whenever something else is said. */
  version = 0;
  private readonly values = new Map<string, Json>();
  private readonly process: ReadonlyMap<string, string>;
  private readonly file: ReadonlyMap<string, string>;

  constructor({ process = {}, file = {} }: { process?: Variables; file?: Variables } = {}) {
    this.process = flagVariables(process);
    this.file = flagVariables(file);
  }

  override(key: string, value: Json | undefined): void {
    if (value === undefined) this.values.delete(key);
    else this.values.set(key, value);
    this.version++;
  }

  says(key: string): boolean {
    if (this.values.has(key)) return true;
    if (this.process.size === 0 && this.file.size === 0) return false;
    const name = variableOf(key);
    return this.process.has(name) || this.file.has(name);
  }

  /** Strongest first. */
  said(key: string): Said[] {
    const said: Said[] = [];
    const value = this.values.get(key);
    if (value !== undefined) said.push({ from: 'override', value });
    const name = variableOf(key);
    const [process, file] = [this.process.get(name), this.file.get(name)];
    if (process !== undefined) said.push({ from: 'process', name, text: process });
    if (file !== undefined) said.push({ from: '.env.local', name, text: file });
    return said;
  }

  /** Those that `override()` names: what a variable stands for cannot be told from its name. */
  keys(): Iterable<string> {
    return this.values.keys();
  }

  variables(): Set<string> {
    return new Set([...this.process.keys(), ...this.file.keys()]);
  }

  list(): ActiveOverride[] {
    return [
      ...Array.from(this.values, ([name, value]) => ({ name, from: 'override' as const, value })),
      ...Array.from(this.process, ([name, value]) => ({ name, from: 'process' as const, value })),
      ...Array.from(this.file)
        .filter(([name]) => !this.process.has(name))
        .map(([name, value]) => ({ name, from: '.env.local' as const, value })),
    ];
  }
}

function flagVariables(variables: Variables): Map<string, string> {
  const own = new Map<string, string>();
  for (const [name, text] of Object.entries(variables)) if (isVariable(name) && text !== undefined) own.set(name, text);
  return own;
}
