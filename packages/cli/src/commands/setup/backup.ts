import type { Invocation, Result } from '../../command.js';
import { runScript } from '../../server/installation.js';

export async function run({ arguments: { path } }: Invocation<{ path: string }>): Promise<Result> {
  const said = await runScript('backup', [path]);
  return { data: { path }, show: () => said };
}
