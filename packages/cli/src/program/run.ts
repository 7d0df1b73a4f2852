import { COMMANDS } from '../commands/index.js';
import { CommandError } from '../command-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { Terminal } from '../output/terminal.js';
import { Session } from '../server/session.js';
import { parse } from './parse.js';
import { VERSION } from './version.js';

/** Everything from what was typed to the exit code; nothing is thrown. */
export async function runProgram(typed: readonly string[]): Promise<ExitCode> {
  leaveQuietly();
  let session: Session | null = null;
  try {
    const call = parse(typed, COMMANDS, VERSION);
    if ('text' in call) {
      process.stdout.write(`${call.text}\n`);
      return EXIT.done;
    }
    const { command, options } = call;
    const shared = options as { [Name in 'url' | 'profile' | 'tokenFile']: string | undefined } & { timeout?: number } & Record<
        'json' | 'quiet' | 'noColor' | 'noInput',
        boolean
      >;
    const { json, quiet, noColor, noInput, timeout } = shared;
    const terminal = new Terminal({ json, quiet, plain: noColor, silent: noInput });
    session = new Session({ ...shared, timeoutMs: timeout === undefined ? undefined : timeout * 1000 }, command.asks);
    const { run } = await command.load();
    const {
      data,
      show,
      exitCode = EXIT.done,
    } = await run({ ...call, options: { ...options, json }, session, terminal, commands: COMMANDS });
    if (data !== undefined) terminal.answer(data, show);
    return exitCode;
  } catch (error) {
    if (error instanceof CommandError) {
      process.stderr.write(`${error.message}\n`);
      return error.exitCode;
    }
    const { explain } = await import('./explain-error.js');
    const { message, exitCode } = await explain(error, session);
    process.stderr.write(`${message}\n`);
    return exitCode;
  } finally {
    session?.close();
  }
}

/** Who reads no further (`| head`) has what they wanted; who presses Ctrl-C wants to leave now. */
function leaveQuietly(): void {
  process.on('SIGINT', () => {
    process.exit(EXIT.interrupted);
  });
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(process.exitCode ?? EXIT.done);
    });
}
