import type { Exposure, WebClientOptions } from './types.js';

export interface Exposures {
  /** Once for each flag and variant, until `forget`. */
  add: (exposure: Exposure) => void;
  forget: () => void;
  /** What cannot be sent goes with the next batch. */
  flush: () => Promise<void>;
}

const WAIT_MS = 2_000;
const MOST = 1_000;

/** Collects exposures and hands them on in batches. */
export function createExposures(options: WebClientOptions['exposures']): Exposures {
  const seen = new Set<string>();
  let waiting: Exposure[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    if (!options || !batch[0]) return;
    try {
      await options.send(batch);
    } catch (error) {
      waiting = [...batch, ...waiting].slice(0, MOST);
      reportError(error);
    }
  };
  return {
    add: (exposure) => {
      const name = `${exposure.flag} ${exposure.variant}`;
      if (!options || seen.has(name) || (!options.all && !/^T|^SP/.test(exposure.reason))) return; // TARGETING_MATCH, SPLIT
      seen.add(name);
      if (waiting.length < MOST) waiting.push(exposure);
      timer ??= setTimeout(() => void flush(), WAIT_MS);
    },
    forget: () => { seen.clear(); }, // prettier-ignore
    flush,
  };
}
