import { readFileSync } from 'node:fs';
import type { Flag } from '@flagtree/api';
import type { Invocation, Result } from '../../command.js';
import { UsageError } from '../../command-error.js';
import { EXIT } from '../../exit-codes.js';
import { counted } from '../../output/diff.js';
import { writeFile } from '../../output/write-file.js';

interface Chosen {
  out: string | undefined;
  form: 'definitions' | 'interface' | undefined;
  tag: string | undefined;
  check: boolean;
}

export async function run({ options, session, terminal }: Invocation<unknown, Chosen>): Promise<Result> {
  const { out, form = 'definitions', tag, check } = options;
  if (check && out === undefined) throw new UsageError('Which file? Give --out=<path> with --check.');
  const api = await session.api();
  const flags = (await api.flags.list({ limit: 200, tag }).toArray()).sort((a, b) => (a.key < b.key ? -1 : 1));
  const text = form === 'interface' ? interfaceOf(flags) : definitionsOf(flags);
  const data = { flags: flags.length, text };
  if (out === undefined) return { data, show: () => text.trimEnd() };
  const isCurrent = contentOf(out) === text;
  if (check)
    return {
      data: { ...data, current: isCurrent },
      show: () => (isCurrent ? `${out} is up to date.` : `${out} is not as it would be written: flagtree types --out=${out}.`),
      exitCode: isCurrent ? EXIT.done : EXIT.differs,
    };
  if (!isCurrent) writeFile(out, text);
  terminal.say(`${out}: ${counted(flags.length, 'flag')}${isCurrent ? ', as it was' : ''}.`);
  return options.json ? { data: { ...data, current: true } } : {};
}

const HEAD = '// Written by `flagtree types`. Do not edit.';

function definitionsOf(flags: readonly Flag[]): string {
  const entries = flags.map((flag) => `${comment(flag)}  ${JSON.stringify(flag.key)}: ${makerOf(flag)},\n`);
  return `${HEAD}\nimport { defineFlags, flag } from '@flagtree/client';\n\nexport const featureFlags = defineFlags({\n${entries.join('')}});\n`;
}

function interfaceOf(flags: readonly Flag[]): string {
  const entries = flags.map((flag) => `${comment(flag)}  ${JSON.stringify(flag.key)}: ${typeOf(flag)};\n`);
  return `${HEAD}\nexport interface FeatureFlags {\n${entries.join('')}}\n`;
}

function comment({ description, owner }: Flag): string {
  const said = [description, owner === null ? null : `Owner: ${owner}.`].filter((one) => one !== null && one !== '').join(' ');
  return said === '' ? '' : `  /** ${said.replace(/\s+/g, ' ').replaceAll('*/', '*\\/')} */\n`;
}

/** The fallback is what the flag serves when it is off, else what it serves by default. */
function makerOf(flag: Flag): string {
  const { type, variants } = flag;
  const fallback = JSON.stringify(fallbackOf(flag));
  if (type !== 'string') return `flag.${type}(${fallback})`;
  return `flag.string(${fallback}, { oneOf: ${JSON.stringify([...new Set(variants.map(({ value }) => value))])} })`;
}

function fallbackOf({ type, variants, offVariant, defaultVariant }: Flag): unknown {
  if (type === 'boolean' && offVariant === null) return false;
  const found = variants.find(({ key }) => key === (offVariant ?? defaultVariant)) ?? variants[0];
  return found?.value ?? null;
}

function typeOf({ type, variants }: Flag): string {
  if (type === 'boolean' || type === 'number') return type;
  if (type === 'string') return union(variants.map(({ value }) => JSON.stringify(value)));
  return union(variants.map(({ value }) => shapeOf(value)));
}

function shapeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `(${union(value.map(shapeOf)) || 'unknown'})[]`;
  if (typeof value !== 'object') return typeof value;
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${shapeOf(member)}`);
  return members.length === 0 ? 'Record<string, never>' : `{ ${members.join('; ')} }`;
}

const union = (types: readonly string[]): string => [...new Set(types)].join(' | ');

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
