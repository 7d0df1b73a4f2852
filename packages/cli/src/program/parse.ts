import { Argument as CommanderArgument, Command as Commander, CommanderError, Option as CommanderOption } from 'commander';
import type { Command } from '../command.js';
import { UsageError } from '../command-error.js';
import type { Option } from '../parameters.js';
import { areaHelp, commandHelp, programHelp, usageOf } from './help.js';
import { optionsOf } from './command-options.js';
import { typedName } from './shared-options.js';
import { didYouMean } from './suggest.js';

/** What was typed: a command with its values, or a text to print. */
export type Typed = { command: Command; arguments: Record<string, unknown>; options: Record<string, unknown> } | { text: string };

/**
 * The only file that knows the library that reads command lines.
 *
 * @throws {UsageError} which names what was meant, where that can be told
 */
export function parse(typed: readonly string[], commands: readonly Command[], version: string): Typed {
  if (typed.length === 0) return { text: programHelp(commands) };
  const calls: Typed[] = [];
  let printed = '';
  const program = new Commander('flagtree');
  program.configureOutput({ writeOut: (text) => (printed += text), writeErr: () => undefined });
  prepare(program, () => programHelp(commands));
  program.version(version, '-V, --version');
  const areas = new Map<string, Commander>();
  for (const command of commands) {
    const [first = '', second] = command.name.split(' ');
    const parent = second === undefined ? program : (areas.get(first) ?? areaIn(program, first, commands));
    if (second !== undefined) areas.set(first, parent);
    const node = prepare(parent.command(second ?? first), () => commandHelp(command));
    for (const { placeholder, many, optional } of Object.values(command.arguments)) {
      const form = `${placeholder}${many ? '...' : ''}`;
      node.addArgument(new CommanderArgument(optional ? `[${form}]` : `<${form}>`));
    }
    const options = optionsOf(command);
    const known = Object.entries(options).map(([name, option]) => [name, option, addOption(node, name, option)] as const);
    node.action((...given: unknown[]) => {
      const values = node.opts<Record<string, string[] | boolean | undefined>>();
      calls.push({
        command,
        arguments: Object.fromEntries(
          Object.entries(command.arguments).map(([name, argument], index) => [
            name,
            argument.parse(typedArguments(given[index])),
          ]),
        ),
        options: Object.fromEntries(
          known.map(([name, option, added]) => [name, option.parse(typedValues(values, added), typedName(name))]),
        ),
      });
    });
  }
  try {
    program.parse(withEvery(typed), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { text: printed.trimEnd() };
    throw usageError(error, typed, commands);
  }
  return calls[0] ?? { text: programHelp(commands) };
}

type Refusal = CommanderError & { node?: Commander };

function prepare(node: Commander, help: () => string): Commander {
  node.helpCommand(false).helpOption('-h, --help').showSuggestionAfterError(false);
  // `promotions revert --json` is said to the second, and not to the first
  node.enablePositionalOptions();
  node.helpInformation = () => `${help()}\n`;
  return node.exitOverride((error) => {
    throw Object.assign(error, { node });
  });
}

function areaIn(program: Commander, area: string, commands: readonly Command[]): Commander {
  const inside = commands.filter(({ name }) => name.startsWith(`${area} `));
  const single = commands.some(({ name }) => name === area) ? program.commands.find((node) => node.name() === area) : undefined;
  return single ?? prepare(program.command(area), () => areaHelp(area, inside));
}

function addOption(node: Commander, name: string, { kind, short, placeholder }: Option<unknown>): CommanderOption {
  const form = `${short === undefined ? '' : `-${short}, `}${typedName(name)}${kind === 'switch' ? '' : ` <${placeholder}>`}`;
  const option = new CommanderOption(form);
  if (kind !== 'switch') option.argParser((value, before: string[] | undefined) => [...(before ?? []), value]);
  node.addOption(option);
  return option;
}

function typedArguments(given: unknown): string[] {
  return [given ?? []].flat() as string[];
}

function typedValues(values: Record<string, string[] | boolean | undefined>, option: CommanderOption): string[] {
  const value = values[option.attributeName()];
  if (option.negate) return value === false ? [''] : [];
  return Array.isArray(value) ? value : value === true ? [''] : [];
}

/** `--keep` without a value is `--keep=*`: a value is never the next word. */
function withEvery(typed: readonly string[]): string[] {
  const end = typed.indexOf('--');
  return typed.map((one, index) => (one === '--keep' && (end === -1 || index < end) ? '--keep=*' : one));
}

function usageError({ code, message, node }: Refusal, typed: readonly string[], commands: readonly Command[]): UsageError {
  const path = pathOf(node);
  const command = commands.find(({ name }) => name === path);
  const said = message.replace(/^error: /, '').replace(/\n[^]*$/, '');
  const more = `flagtree ${path === '' ? '' : `${path} `}--help says more.`;
  if (code === 'commander.help')
    return new UsageError(`Which command of flagtree ${path}?\n\n${node?.helpInformation() ?? ''}`.trimEnd());
  if (code === 'commander.unknownCommand' || (code === 'commander.excessArguments' && command === undefined)) {
    const word = typed.find((one) => !one.startsWith('-') && !path.split(' ').includes(one)) ?? '';
    const names = [
      ...new Set(
        commands
          .map(({ name }) => name)
          .filter((name) => path === '' || name.startsWith(`${path} `))
          .map((name) => name.split(' ')[path === '' ? 0 : 1] ?? ''),
      ),
    ];
    const full = path === '' ? word : `${path} ${word}`;
    return new UsageError(
      `There is no command "${full}".${didYouMean(word, names, (name) => `flagtree ${path === '' ? '' : `${path} `}${name}`)} ${more}`,
    );
  }
  if (code === 'commander.unknownOption' && command !== undefined) {
    const [, option = ''] = /unknown option '([^'=]*)/.exec(message) ?? [];
    const names = [...Object.keys(optionsOf(command)).map(typedName), '--help'];
    return new UsageError(`There is no option ${option} of flagtree ${path}.${didYouMean(option, names)} ${more}`);
  }
  if (code === 'commander.missingArgument' && command !== undefined)
    return new UsageError(`${capital(said)}. Usage: ${usageOf(command)}`);
  if (code === 'commander.optionMissingArgument') {
    const [, form = ''] = /option '(?:-\w, )?(\S+) /.exec(message) ?? [];
    return new UsageError(`${form} takes a value: write ${form}=…. ${more}`);
  }
  return new UsageError(`${capital(said)}. ${more}`);
}

function pathOf(node: Commander | undefined): string {
  const words: string[] = [];
  for (let at: Commander | null = node ?? null; at?.parent; at = at.parent) words.unshift(at.name());
  return words.join(' ');
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
