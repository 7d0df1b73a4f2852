/** What became of one operation, as its caller was told. */
export type Outcome =
  /** Answered with success, and with this revision. */
  | { kind: 'acknowledged'; revision: number }
  /** Refused: whatever the reason, nothing was changed. */
  | { kind: 'refused'; code: string }
  /** No answer, or one that says that it is not known. */
  | { kind: 'unknown' };

export interface Operation {
  /** Its reason in the audit log, which no other operation has. */
  mark: string;
  outcome: Outcome;
  /** The mark of the last edit of the same flag when it was read, for an edit with `If-Match`. */
  basedOn?: string;
  /** When it began. */
  at: string;
}

/** One change in the audit log, in the order of commits. */
export interface Entry {
  mark: string;
  revision: number;
  /** The mark of the edit of the same flag before it; null where there was none. */
  after: string | null;
}

export interface Judgement {
  acknowledged: number;
  refused: number;
  unknown: number;
  /** Acknowledged operations that the log does not have. */
  lost: string[];
  /** Answers that the log contradicts. */
  untrue: string[];
}

/** Holds what callers were told against what the database has. */
export function judge(operations: readonly Operation[], log: readonly Entry[]): Judgement {
  const entries = new Map<string, Entry[]>();
  for (const entry of log) entries.set(entry.mark, [...(entries.get(entry.mark) ?? []), entry]);
  const judgement: Judgement = { acknowledged: 0, refused: 0, unknown: 0, lost: [], untrue: [] };
  for (const operation of operations) {
    const { mark, outcome, at } = operation;
    const done = entries.get(mark) ?? [];
    judgement[outcome.kind]++;
    if (done.length > 1) judgement.untrue.push(`${mark} at ${at}: carried out ${String(done.length)} times`);
    if (outcome.kind === 'refused' && done.length > 0)
      judgement.untrue.push(
        `${mark} at ${at}: refused with ${outcome.code}, and carried out as revision ${String(done[0]?.revision)}`,
      );
    if (outcome.kind === 'acknowledged') judgeAcknowledged(operation, outcome.revision, done, judgement);
    const [one] = done;
    if (one && operation.basedOn !== undefined && one.after !== operation.basedOn)
      judgement.untrue.push(`${mark} at ${at}: was to follow ${operation.basedOn}, and followed ${String(one.after)}`);
  }
  return judgement;
}

function judgeAcknowledged({ mark, at }: Operation, revision: number, done: Entry[], { lost, untrue }: Judgement): void {
  if (done.length === 0) lost.push(`${mark} at ${at}: acknowledged as revision ${String(revision)}`);
  else if (done[0]?.revision !== revision)
    untrue.push(`${mark} at ${at}: acknowledged as revision ${String(revision)}, and is ${String(done[0]?.revision)}`);
}
