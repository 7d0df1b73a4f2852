import { render } from '../../engine.js';
import type { Invocation, Result } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { environmentIn, soundFiles } from './sound-files.js';

interface Chosen {
  env: string;
  files: string | undefined;
}

export function run({ options: { env, files: directory = 'flags' }, terminal }: Invocation<unknown, Chosen>): Promise<Result> {
  const { state } = soundFiles(directory, terminal);
  const document = render(state, environmentIn(state, env));
  for (const { flag, detail } of document.omitted)
    terminal.say(`Left out: ${flag ?? 'all'}, since flagd cannot say it: ${detail}`);
  for (const { flag, detail } of document.inexact) terminal.say(`Not the same for every context: ${flag ?? 'all'}: ${detail}`);
  return Promise.resolve({
    data: document,
    show: () => JSON.stringify(document, null, 2),
    exitCode: document.omitted.length > 0 ? EXIT.failed : EXIT.done,
  });
}
