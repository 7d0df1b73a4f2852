import type { Logger } from '../logging/logger.js';

type StopStep = () => void | Promise<void>;

/** What has been started, and how it is stopped again: last thing first. */
export class Teardown {
  private readonly steps: { name: string; step: StopStep; withinMs: number }[] = [];

  constructor(private readonly logger: Logger) {}

  /** A step that takes longer than `withinMs` is left to itself, so that the ones before it get their turn. */
  add(name: string, step: StopStep, withinMs: number): void {
    this.steps.push({ name, step, withinMs });
  }

  async run(): Promise<void> {
    for (let next = this.steps.pop(); next; next = this.steps.pop()) {
      const { name, step, withinMs } = next;
      try {
        const finished = await Promise.race([Promise.resolve(step()).then(() => true), expiry(withinMs)]);
        if (!finished) this.logger.warn(`${name} took longer than ${withinMs / 1000} s to stop: going on without waiting`);
      } catch (err) {
        this.logger.error({ err }, `${name} could not be stopped in order`);
      }
    }
  }
}

async function expiry(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, ms, false).unref());
}
