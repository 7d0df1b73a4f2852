import { ApiProperty } from '@nestjs/swagger';

/** Data of the event `change`. */
export class StreamedChangeDto {
  /** @example "staging" */
  environment: string;
  @ApiProperty({ type: 'integer', example: 1205 })
  revision: number;
  /** That of the snapshot after the change. */
  etag: string;
  /** The flags that are other than before in this environment, are new, or are gone; sorted. */
  keys: string[];
}

/** Data of the event `reset`: what was told before does not count. The event `snapshot` follows. */
export class StreamResetDto {
  /** @example "staging" */
  environment: string;
  @ApiProperty({ type: 'integer', example: 1205 })
  revision: number;
  /** `not-replayable`: what was missed since Last-Event-ID is not known here. `history-replaced`: the database was restored. */
  @ApiProperty({ enum: ['not-replayable', 'history-replaced'] })
  reason: 'not-replayable' | 'history-replaced';
}

/** Data of an OFREP event. */
export class RefetchEvaluationDto {
  @ApiProperty({ enum: ['refetchEvaluation'] })
  type: 'refetchEvaluation';
  /** To be sent as `flagConfigEtag`. */
  etag: string;
}
