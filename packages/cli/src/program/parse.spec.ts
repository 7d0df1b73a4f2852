import { describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../commands/index.js';
import { UsageError } from '../command-error.js';
import { commandHelp } from './help.js';
import { parse } from './parse.js';
import { typedName } from './shared-options.js';
import { optionsOf } from './command-options.js';

/** The words of a line as a shell would have them; what it sends elsewhere is left out. */
function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));
  const end = words.findIndex((word) => /^[<>]/.test(word));
  return end === -1 ? words : words.slice(0, end);
}

const examples = COMMANDS.flatMap(({ name, examples: of }) => of.map(([typed]) => [typed, name] as const));

describe('the examples of the help', () => {
  it.each(examples)('flagtree %s', (typed, name) => {
    const call = parse(wordsOf(typed), COMMANDS, '0.0.0');
    expect('command' in call && call.command.name).toBe(name);
  });

  it('are there for each command', () => {
    expect(COMMANDS.filter(({ examples: of }) => of.length === 0).map(({ name }) => name)).toEqual([]);
  });
});

describe.each(COMMANDS.map((command) => [command.name, command] as const))('flagtree %s', (name, command) => {
  const words = name.split(' ');

  it('names in its help every option that it takes', () => {
    const help = commandHelp(command);
    expect(parse([...words, '--help'], COMMANDS, '0.0.0')).toEqual({ text: help });
    for (const option of Object.keys(optionsOf(command))) expect(help).toContain(typedName(option));
  });

  it('says which option was meant, also where a value hangs on it', () => {
    const [option = ''] = Object.keys(optionsOf(command)).filter((one) => one.length > 3);
    const right = typedName(option);
    const wrong = `${right.slice(0, -2)}${right.at(-1) ?? ''}${right.at(-2) ?? ''}`;
    const given = Object.values(command.arguments).map(() => 'x');
    expect(() => parse([...words, ...given, `${wrong}=1`], COMMANDS, '0.0.0')).toThrow(`Did you mean ${right}?`);
  });

  it('refuses arguments that it does not have, and misses those that it needs', () => {
    const all = Object.values(command.arguments);
    const needed = all.filter(({ optional }) => optional !== true);
    if (needed.length > 0) expect(() => parse(words, COMMANDS, '0.0.0')).toThrow(UsageError);
    if (all.some(({ many }) => many === true)) return;
    expect(() => parse([...words, ...all.map(() => 'x'), 'surplus'], COMMANDS, '0.0.0')).toThrow(UsageError);
  });
});

describe('what is typed', () => {
  it('is a list with commas, or several times', () => {
    const call = parse(['flag', 'enable', 'a', '--env=x,y', '-e', 'z'], COMMANDS, '0.0.0');
    expect(call).toMatchObject({ options: { env: ['x', 'y', 'z'] }, arguments: { keys: ['a'] } });
  });

  it('takes no value from the next word for --keep', () => {
    const call = parse(['promote', '--keep', 'a', 'x..y'], COMMANDS, '0.0.0');
    expect(call).toMatchObject({ options: { keep: ['*'] }, arguments: { flags: ['a', 'x..y'] } });
  });

  it('goes to the command that is named last', () => {
    expect(parse(['promotions', 'revert', '1', '--json'], COMMANDS, '0.0.0')).toMatchObject({ options: { json: true } });
    expect(parse(['audit', 'verify', '--json'], COMMANDS, '0.0.0')).toMatchObject({
      command: { name: 'audit verify' },
      options: { json: true },
    });
  });

  it.each([
    [['flga', 'get', 'x'], 'Did you mean flagtree flag?'],
    [['flag', 'gte', 'x'], 'Did you mean flagtree flag get?'],
    [['flag'], 'Which command of flagtree flag?'],
    [['eval', '--env='], '--env is empty'],
    [['eval'], '--env is missing: give --env=<environment>.'],
    [['audit', '--limit=many'], '--limit takes a number from 1 on'],
    [['audit', '--action=explode'], '--action is one of enable, '],
    [['flag', 'enable', 'x', '--env=a,,b'], '--env has an empty entry'],
    [['env', 'create', 'x', '--settings=[1]'], '--settings takes a JSON object'],
    [['env', 'create', 'x', '--settings={'], '--settings takes JSON'],
  ])('%j is refused with what is meant', (typed, said) => {
    expect(() => parse(typed, COMMANDS, '0.0.0')).toThrow(said);
  });
});
