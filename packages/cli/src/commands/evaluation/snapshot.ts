import type { Invocation, Result } from '../../command.js';
import { writeFile } from '../../output/write-file.js';

interface Chosen {
  env: string;
  out: string | undefined;
}

export async function run({ options, session, terminal }: Invocation<unknown, Chosen>): Promise<Result> {
  const { env, out } = options;
  const api = await session.api();
  const snapshot = await api.evaluation.snapshot({ env });
  const text = JSON.stringify(snapshot, null, 2);
  if (out === undefined) return { data: snapshot, show: () => text };
  writeFile(out, `${text}\n`);
  terminal.say(`${out}: ${snapshot.environment} at revision ${snapshot.revision}.`);
  return options.json ? { data: snapshot } : {};
}
