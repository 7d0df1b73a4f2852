import { UsageError } from './command-error.js';

/** An option: `parse` makes its value of what was typed; of a switch `typed` is empty or one empty text. */
export interface Option<Value> {
  readonly kind: 'text' | 'list' | 'switch';
  /** What stands for the value in the help, such as `environment`. */
  readonly placeholder: string;
  readonly summary: string;
  readonly short?: string;
  readonly required?: true;
  readonly choices?: readonly string[];
  parse: (typed: readonly string[], name: string) => Value;
}

export interface Argument<Value> {
  readonly placeholder: string;
  readonly summary: string;
  readonly optional?: true;
  readonly many?: true;
  readonly choices?: readonly string[];
  parse: (typed: readonly string[]) => Value;
}

export type Options = Readonly<Record<string, Option<unknown>>>;
export type Arguments = Readonly<Record<string, Argument<unknown>>>;
export type ValuesOf<Parameters extends Options | Arguments> = {
  [Name in keyof Parameters]: ReturnType<Parameters[Name]['parse']>;
};

interface More {
  short?: string;
}

export function text(placeholder: string, summary: string, more: More = {}): Option<string | undefined> {
  return { kind: 'text', placeholder, summary, ...more, parse: last };
}

export function required(placeholder: string, summary: string, more: More = {}): Option<string> {
  return {
    ...{ kind: 'text', placeholder, summary, required: true, ...more },
    parse: (typed, name) => {
      const given = last(typed, name);
      if (given === undefined) throw new UsageError(`${name} is missing: give ${name}=<${placeholder}>.`);
      return given;
    },
  };
}

/** Given several times, or once with commas; none where it is absent. */
export function list(placeholder: string, summary: string, more: More = {}): Option<string[]> {
  return {
    ...{ kind: 'list', placeholder, summary, ...more },
    parse: (typed, name) =>
      typed.flatMap((one) => {
        const parts = one.split(',').map((part) => part.trim());
        if (parts.includes('')) throw new UsageError(`${name} has an empty entry: write ${name}=one,two.`);
        return parts;
      }),
  };
}

export function flag(summary: string, more: More = {}): Option<boolean> {
  return { kind: 'switch', placeholder: '', summary, ...more, parse: (typed) => typed.length > 0 };
}

export function number(placeholder: string, summary: string, { least = 0 } = {}): Option<number | undefined> {
  return {
    ...{ kind: 'text', placeholder, summary },
    parse: (typed, name) => {
      const given = last(typed, name);
      if (given === undefined) return undefined;
      const value = Number(given);
      if (given.trim() === '' || !Number.isFinite(value) || value < least)
        throw new UsageError(`${name} takes a number from ${least} on, and got ${JSON.stringify(given)}.`);
      return value;
    },
  };
}

export function choice<const Choice extends string>(choices: readonly Choice[], summary: string): Option<Choice | undefined> {
  return {
    ...{ kind: 'text', placeholder: choices.join('|'), summary, choices },
    parse: (typed, name) => {
      const given = last(typed, name);
      if (given === undefined) return undefined;
      const found = choices.find((one) => one === given);
      if (found === undefined) throw new UsageError(`${name} is one of ${choices.join(', ')}, and got ${JSON.stringify(given)}.`);
      return found;
    },
  };
}

/** JSON; undefined where it is absent. */
export function json(placeholder: string, summary: string): Option<unknown> {
  return {
    ...{ kind: 'text', placeholder, summary },
    parse: (typed, name) => {
      const given = last(typed, name);
      return given === undefined ? undefined : parseJson(given, name);
    },
  };
}

/** A JSON object; undefined where it is absent. */
export function object(placeholder: string, summary: string): Option<Record<string, unknown> | undefined> {
  const { parse, ...rest } = json(placeholder, summary);
  return {
    ...rest,
    parse: (typed, name) => {
      const value = parse(typed, name);
      if (value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value)))
        return value as Record<string, unknown> | undefined;
      throw new UsageError(`${name} takes a JSON object, such as '{"plan": "beta"}'.`);
    },
  };
}

export function argument(placeholder: string, summary: string): Argument<string> {
  return { placeholder, summary, parse: ([only]) => only ?? '' };
}

export function optionalArgument(placeholder: string, summary: string): Argument<string | undefined> {
  return { placeholder, summary, optional: true, parse: ([only]) => only };
}

/** One or more. */
export function someArguments(placeholder: string, summary: string): Argument<string[]> {
  return { placeholder, summary, many: true, parse: (typed) => [...typed] };
}

/** None or more. */
export function anyArguments(placeholder: string, summary: string): Argument<string[]> {
  return { placeholder, summary, many: true, optional: true, parse: (typed) => [...typed] };
}

export function parseJson(given: string, name: string): unknown {
  try {
    return JSON.parse(given);
  } catch (cause) {
    throw new UsageError(`${name} takes JSON, and ${JSON.stringify(given)} is none (${(cause as Error).message}).`, { cause });
  }
}

function last(typed: readonly string[], name: string): string | undefined {
  const given = typed.at(-1);
  if (given === '') throw new UsageError(`${name} is empty: give it a value, or leave it out.`);
  return given;
}
