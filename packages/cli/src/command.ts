import type { ExitCode } from './exit-codes.js';
import type { Style } from './output/style.js';
import type { Terminal } from './output/terminal.js';
import type { Arguments, Options, ValuesOf } from './parameters.js';
import type { Session } from './server/session.js';

/** What a command hands back: `data` is printed with --json, `show` without. Without data nothing is printed. */
export interface Result {
  data?: unknown;
  show?: (style: Style) => string;
  exitCode?: ExitCode;
}

/** One call of a command. */
export interface Invocation<Given = unknown, Chosen = unknown> {
  readonly arguments: Given;
  readonly options: Chosen & SharedOptions;
  /** The server, once it is asked for anything. */
  readonly session: Session;
  readonly terminal: Terminal;
  /** Of which this is a call. */
  readonly commands: readonly Command[];
}

/** Every command has these. */
export interface SharedOptions {
  json: boolean;
}

export type Group = 'Look' | 'Change' | 'Files' | 'Server';

export interface Description<Given extends Arguments, Chosen extends Options> {
  /** As it is typed: `flag get`. */
  name: string;
  group: Group;
  summary: string;
  /** What is typed behind `flagtree `, and what that does. The first ones of the help. */
  examples: readonly (readonly [typed: string, does: string])[];
  arguments?: Given;
  options?: Chosen;
  /** What it asks: an admin token of a server (the default), any token, or no server at all. */
  asks?: 'admin' | 'anyone' | 'nothing';
  /** Beside 0, 2, 130 and, with a server, 4 and 5. */
  exits?: Partial<Record<ExitCode, string>>;
  /** Of what --json prints, as JSON Schema; `lines`: of each line. A component of the API's document is `#/$defs/<name>`. */
  answer: JsonSchema;
  lines?: true;
  load: () => Promise<{ run: (invocation: Invocation<ValuesOf<Given>, ValuesOf<Chosen>>) => Promise<Result> }>;
}

type NoneOfThem = Readonly<Record<string, never>>;

export type JsonSchema = Readonly<Record<string, unknown>>;

export type Command = Omit<Description<Arguments, Options>, 'load' | 'arguments' | 'options'> & {
  arguments: Arguments;
  options: Options;
  asks: 'admin' | 'anyone' | 'nothing';
  load: () => Promise<{ run: (invocation: Invocation) => Promise<Result> }>;
};

/**
 * Describes a command. The description is read at every start, and costs nothing; what the command does is a chunk of its own, which `load`
 * imports.
 */
export function defineCommand<Given extends Arguments = NoneOfThem, Chosen extends Options = NoneOfThem>(
  description: Description<Given, Chosen>,
): Command {
  return { arguments: {}, options: {}, asks: 'admin', ...description } as unknown as Command;
}

/** The schema of a component of the API's document. */
export function component(name: string): JsonSchema {
  return { $ref: `#/$defs/${name}` };
}

export function listOf(name: string): JsonSchema {
  return { type: 'object', required: ['items'], properties: { items: { type: 'array', items: component(name) } } };
}

export function either(...names: string[]): JsonSchema {
  return { anyOf: names.map(component) };
}
