import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { DefectiveFlagDto, SnapshotFlagDto, SnapshotSegmentDto } from '../resolver/snapshots/snapshot.dto.js';

/** Data of the event `current`: where the server is when the stream begins. */
export class StreamCurrentDto {
  /** @example "staging" */
  environment: string;
  @ApiProperty({ type: 'integer', example: 1205 })
  revision: number;
  /** That of the snapshot. */
  etag: string;
  /** How often the reader hears at least a comment. */
  @ApiProperty({ type: 'integer', example: 15000 })
  heartbeatMs: number;
}

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
  /** With `content=true`: the etag of the snapshot before. What follows makes the one with this etag that with `etag`. */
  from?: string;
  /** With `content=true`: the flags as they are now; null: it is gone. Left out where that is too much: fetch the snapshot then. */
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: {
      nullable: true,
      oneOf: [{ $ref: getSchemaPath(SnapshotFlagDto) }, { $ref: getSchemaPath(DefectiveFlagDto) }],
    },
  })
  flags?: Record<string, SnapshotFlagDto | DefectiveFlagDto | null>;
  /** With `content=true`: the segments that are other than before; null: no flag names it any more. */
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { nullable: true, allOf: [{ $ref: getSchemaPath(SnapshotSegmentDto) }] },
  })
  segments?: Record<string, SnapshotSegmentDto | null>;
}

/** Data of the event `reset`: what was told before does not count. The event `snapshot` follows, or with `content=true` nothing: fetch it. */
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
