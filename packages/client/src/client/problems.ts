import type { Clock } from '../clock.js';
import type { Problem, ProblemCode } from '../types/client.js';
import type { Logger } from '../types/options.js';

const QUIET_MS = 60_000;
const MOST_TEXTS = 200;

interface Told {
  /** Monotonic. */
  at: number;
  /** How often it happened since it was told. */
  since: number;
}

/** What goes wrong, for the log and for listeners: each text once a minute, with how often it happened. Never thrown. */
export class Problems {
  private readonly texts = new Map<string, Told>();

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger | false,
    private readonly tell: (problem: Problem) => void,
  ) {}

  report(code: ProblemCode, message: string, rest: Pick<Problem, 'server'> & { level?: 'warn' | 'error' } = {}): void {
    const { level = 'warn', ...more } = rest;
    const now = this.clock.monotonic();
    const told = this.texts.get(`${code} ${message}`);
    if (told && now - told.at < QUIET_MS) {
      told.since++;
      return;
    }
    const count = (told?.since ?? 0) + 1;
    if (this.texts.size >= MOST_TEXTS) this.texts.clear();
    this.texts.set(`${code} ${message}`, { at: now, since: 0 });
    this.log(level, `${message}${count > 1 ? ` (${count} times)` : ''}`);
    this.tell({ code, message, at: this.clock.wall(), count, ...more });
  }

  log(level: 'warn' | 'error', text: string): void {
    if (this.logger === false) return;
    try {
      this.logger[level](`[flagtree] ${text}`);
    } catch {
      // a log that cannot be written must not take the process with it
    }
  }
}
