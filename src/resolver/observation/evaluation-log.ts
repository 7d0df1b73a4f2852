import { Logger } from '@nestjs/common';
import type { Evaluation, Snapshot } from '@flagtree/engine';
import { countedReasons, type ReasonTally } from './reason-tally.js';

/** Of a request: by its id the line of the request is found, which names the token. */
export interface AskingRequest {
  readonly id: string;
}

/**
 * A line of level debug for each evaluation of a named flag, and one for all flags at once. The context is not in it, the targeting key
 * neither: they may be personal data. An object as the value is not in it, since it may be of any size: its variant names it.
 */
export class EvaluationLog {
  private readonly logger = new Logger('evaluation');

  one({ id }: AskingRequest, { environment, revision }: Snapshot, flag: string, evaluation: Evaluation): void {
    const line = { requestId: id, environment, revision, flag: flag.slice(0, MAX_KEY_LENGTH), ...outcomeOf(evaluation) };
    this.logger.debug(line, 'evaluation');
  }

  all({ id }: AskingRequest, { environment, revision, flags }: Snapshot, tally: ReasonTally): void {
    const reasons = Object.fromEntries(countedReasons(tally));
    this.logger.debug({ requestId: id, environment, revision, flags: flags.size, reasons }, 'evaluation of all flags');
  }
}

/** A caller can name a flag of any length that does not exist. */
const MAX_KEY_LENGTH = 255;

function outcomeOf(evaluation: Evaluation): object {
  const reason = evaluation.reason.toLowerCase();
  if (!evaluation.ok) return { reason, errorCode: evaluation.errorCode };
  const { variant, value } = evaluation;
  return { ...(variant !== undefined && { variant }), ...(isScalar(value) && { value }), reason };
}

const isScalar = (value: unknown): boolean => value === null || (typeof value !== 'object' && value !== undefined);
