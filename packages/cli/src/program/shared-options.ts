import { flag, number, type Options, text } from '../parameters.js';

export const SERVER_OPTIONS = {
  url: text('address', 'the server, such as https://flags.example.com'),
  profile: text('name', 'the profile of flagtree login to take'),
  tokenFile: text('path', 'the file that holds the token; - is stdin'),
  timeout: number('seconds', 'how long to wait for an answer', { least: 0.001 }),
} satisfies Options;

export const OUTPUT_OPTIONS = {
  json: flag('print JSON, as flagtree schema <command> says'),
  quiet: flag('print no messages, only data and errors', { short: 'q' }),
  noColor: flag('no colours; NO_COLOR does the same'),
  noInput: flag('ask nothing'),
} satisfies Options;

/** `planId` is typed `--plan-id`; `with.rules` stays. */
export const typedName = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
