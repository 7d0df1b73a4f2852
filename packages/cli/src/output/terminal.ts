import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CommandError, UsageError } from '../command-error.js';
import { EXIT } from '../exit-codes.js';
import { type Style, styleOf } from './style.js';

export interface TerminalOptions {
  json: boolean;
  quiet: boolean;
  /** `--no-color`. */
  plain: boolean;
  /** `--no-input`. */
  silent: boolean;
}

/** Where a command speaks: data to stdout, all else to stderr. Questions are asked only where somebody can answer. */
export class Terminal {
  readonly style: Style;
  private readonly messages: Style;

  constructor(readonly options: TerminalOptions) {
    const { env, stdout, stderr } = process;
    const { plain } = options;
    this.style = styleOf({ isTerminal: stdout.isTTY, columns: stdout.columns, env, plain });
    this.messages = styleOf({ isTerminal: stderr.isTTY, columns: stderr.columns, env, plain });
  }

  /** Of messages. */
  get messageStyle(): Style {
    return this.messages;
  }

  /** The answer: one document with --json, else a text. */
  answer(data: unknown, show: ((style: Style) => string) | undefined): void {
    if (this.options.json) process.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
    else if (show !== undefined) this.print(show(this.style));
  }

  /** One of many answers, as they come. */
  line(data: unknown, show: (style: Style) => string): void {
    if (this.options.json) process.stdout.write(`${JSON.stringify(data)}\n`);
    else this.print(show(this.style));
  }

  /** For people only: not with --quiet. */
  say(text: string): void {
    if (!this.options.quiet) process.stderr.write(`${text}\n`);
  }

  /** Whether somebody is there to be asked. */
  get canAsk(): boolean {
    const { CI = '' } = process.env;
    return process.stdin.isTTY && process.stderr.isTTY && !this.options.silent && (CI === '' || CI === 'false');
  }

  /** True for yes. `instead` says which option answers where nobody can. */
  async confirm(question: string, instead: string): Promise<boolean> {
    return /^y(?:es)?$/i.test((await this.ask(`${question} [y/N] `, instead)).trim());
  }

  /** What somebody types; hidden, it is not shown. */
  async ask(question: string, instead: string, { hidden = false } = {}): Promise<string> {
    if (!this.canAsk)
      throw new UsageError(`This wants an answer (${question.trim()}), and there is no terminal to ask in: ${instead}.`);
    process.stderr.write(question);
    const output = hidden ? new Writable({ write: (_chunk, _encoding, done) => { done(); } }) : process.stderr; // prettier-ignore
    const reader = createInterface({ input: process.stdin, output, terminal: true });
    return new Promise((resolve, reject) => {
      reader.once('SIGINT', () => {
        reject(new CommandError('Interrupted.', EXIT.interrupted));
        reader.close();
      });
      reader.once('line', (line) => {
        resolve(line);
        reader.close();
      });
      reader.once('close', () => {
        if (hidden) process.stderr.write('\n');
        resolve('');
      });
    });
  }

  private print(text: string): void {
    if (text !== '') process.stdout.write(`${text}\n`);
  }
}
