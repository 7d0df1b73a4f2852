import type { Invocation, Result } from '../../command.js';
import { writeFile } from '../../output/write-file.js';

interface Chosen {
  out: string | undefined;
  format: 'states' | 'flagd' | undefined;
  env: string | undefined;
  flags: string[];
  tags: string[];
  environments: string[];
  sections: string[];
  archived: boolean;
}

export async function run({ options, session, terminal }: Invocation<unknown, Chosen>): Promise<Result> {
  const { out, format, env, archived } = options;
  const api = await session.api();
  const some = (values: readonly string[]): string[] | undefined => (values.length > 0 ? [...values] : undefined);
  const { flags, tags, environments, sections } = options;
  const parts = { flags: some(flags), tags: some(tags), environments: some(environments), sections: some(sections) };
  const document = await api.export.get({ format, env, ...parts, ...(archived && { archived }) });
  const text = JSON.stringify(document, null, 2);
  if (out === undefined) return { data: document, show: () => text };
  writeFile(out, `${text}\n`);
  terminal.say(`Written to ${out}.`);
  return options.json ? { data: document } : {};
}
