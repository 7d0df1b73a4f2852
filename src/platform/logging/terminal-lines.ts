import { writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

interface LogLine {
  level: string;
  time: string;
  msg?: string;
  context?: string;
  err?: { message?: string; stack?: string };
}

/** For a person at a terminal: the hour, the level, what happened, and what belongs to it. Nothing that JSON lines have is left out. */
export function forTerminal(json: string): string {
  const line = parsed(json);
  if (!line) return json;
  const { level, time, msg = '', context, err, ...more } = line;
  const head = [time.slice(11, 19), level.toUpperCase().padEnd(5), context === undefined ? '' : `[${context}]`, msg];
  const members = Object.entries(more).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const first = [...head.filter((part) => part !== ''), ...members].join(' ');
  const trouble = err && (err.stack ?? err.message ?? JSON.stringify(err));
  return `${first}\n${trouble === undefined ? '' : `  ${trouble.replaceAll('\n', '\n  ')}\n`}`;
}

/** Written before the call returns, as the JSON lines are. */
export const terminal: DestinationStream = {
  write: (json) => {
    writeSync(1, forTerminal(json));
  },
};

function parsed(json: string): LogLine | null {
  try {
    return JSON.parse(json) as LogLine;
  } catch {
    return null;
  }
}
