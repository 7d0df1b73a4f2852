import type { EffectEntry } from '@flagtree/engine';

/** What a write answers: `body` null means 204. `location` is the path of what was created. */
export interface Answer {
  status: 200 | 201 | 204;
  body: object | null;
  location?: string;
  /** Members of the body that are shown in this one answer and stored nowhere: secrets. */
  once?: object;
  /** Members about the write and not about the thing: what it wrote besides. They belong to no ETag; dry runs and replays show them too. */
  besides?: object;
}

/** A committed (or replayed, or only tried) change. `revision` is that of the change, or the current one when nothing had to change. */
export class Written {
  constructor(
    readonly answer: Answer,
    readonly revision: number,
    readonly effect: readonly EffectEntry[],
    readonly outcome: 'committed' | 'unchanged' | 'replayed' | 'dry-run',
  ) {}
}

export const ok = (body: object): Answer => ({ status: 200, body });
export const created = (location: string, body: object): Answer => ({ status: 201, body, location });
export const gone: Answer = { status: 204, body: null };
