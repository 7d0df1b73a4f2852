import type { Command, Group } from '../command.js';
import { EXIT_MEANINGS, type ExitCode } from '../exit-codes.js';
import { padded, widthOf } from '../output/width.js';
import type { Option, Options } from '../parameters.js';
import { OUTPUT_OPTIONS, SERVER_OPTIONS, typedName } from './shared-options.js';

const GROUPS: readonly Group[] = ['Look', 'Change', 'Files', 'Server'];
const TOPICS_LINE = 'Topics: flagtree help exit-codes, flagtree help environment, flagtree help scripts.';

/** The first page: what there is, by what people do. */
export function programHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'Feature flags for a tree of environments, from the command line.',
    ...section('Examples', [
      ['flagtree env tree', 'the environments, and who inherits from whom'],
      ['flagtree flag get ui.dark_mode --env=staging', 'a flag as it is there, and where each field comes from'],
      ['flagtree promote ui.dark_mode staging..prod', 'what staging serves, to production'],
    ]),
    ...GROUPS.flatMap((group) =>
      section(
        group,
        commands.filter((command) => command.group === group).map(({ name, summary }) => [padded(name, width), summary]),
      ),
    ),
    '',
    `flagtree <command> --help says more of each. ${TOPICS_LINE}`,
  ].join('\n');
}

/** The commands that begin with a word, such as `flag`. */
export function areaHelp(area: string, commands: readonly Command[]): string {
  return [
    `flagtree ${area} <command>`,
    ...section(
      'Commands',
      commands.map(({ name, summary }) => [name, summary]),
    ),
    '',
    `flagtree ${area} <command> --help says more of each.`,
  ].join('\n');
}

export function commandHelp(command: Command): string {
  const { name, summary, examples, options, asks } = command;
  return [
    `${summary}.`,
    '',
    `Usage: ${usageOf(command)}`,
    ...section(
      'Examples',
      examples.map(([typed, does]) => [`flagtree ${typed}`, does]),
    ),
    ...section(
      'Arguments',
      Object.values(command.arguments).map(({ placeholder, summary: what, choices }) => [
        placeholder,
        choices === undefined ? what : `${what}: ${choices.join(', ')}`,
      ]),
    ),
    ...section('Options', optionRows(options)),
    ...(asks === 'nothing' ? [] : section('Server', optionRows(SERVER_OPTIONS))),
    ...section('Output', optionRows(OUTPUT_OPTIONS)),
    ...section(
      'Ends with',
      exitsOf(command).map((code) => [String(code), command.exits?.[code] ?? EXIT_MEANINGS[code]]),
    ),
    '',
    `More: docs/reference/cli.md#flagtree-${name.replaceAll(' ', '-')}`,
  ].join('\n');
}

export function usageOf(command: Command): string {
  const given = Object.values(command.arguments).map(({ placeholder, many, optional }) => {
    const one = `<${placeholder}>${many ? '…' : ''}`;
    return optional ? `[${one}]` : one;
  });
  const needed = Object.entries(command.options).flatMap(([name, option]) =>
    option.required ? [`${typedName(name)}=<${option.placeholder}>`] : [],
  );
  return ['flagtree', command.name, ...given, ...needed, '[options]'].join(' ');
}

export function exitsOf({ exits = {}, asks }: Command): ExitCode[] {
  const codes = [0, 2, ...(asks === 'nothing' ? [] : [4, 5]), ...Object.keys(exits).map(Number), 130] as ExitCode[];
  return [...new Set(codes)].sort((a, b) => a - b);
}

export function optionRows(options: Options): [string, string][] {
  return Object.entries(options).map(([name, option]) => [typedForm(name, option), option.summary]);
}

function typedForm(name: string, { kind, placeholder, short }: Option<unknown>): string {
  const value = kind === 'switch' ? '' : `=<${placeholder}>${kind === 'list' ? ',…' : ''}`;
  return `${short === undefined ? '' : `-${short}, `}${typedName(name)}${value}`;
}

function section(heading: string, rows: readonly (readonly [string, string])[]): string[] {
  if (rows.length === 0) return [];
  const width = Math.min(48, Math.max(...rows.map(([name]) => widthOf(name))));
  return ['', heading, ...rows.map(([name, what]) => `  ${padded(name, width)}  ${what}`)];
}
