import { ApiProperty } from '@nestjs/swagger';
import { PageDto } from '../platform/http/management/stored.dto.js';

export const JOB_STATUSES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

export class JobProgressDto {
  /** What it is doing: waiting, checking, writing. */
  @ApiProperty({ type: String, nullable: true })
  step: string | null;
  /** Rows written so far; nobody sees them before all are. */
  done: number;
  @ApiProperty({ type: Number, nullable: true })
  total: number | null;
}

/** Work that goes on after its request was answered. */
export class JobDto {
  @ApiProperty({ format: 'uuid' })
  id: string;
  @ApiProperty({ enum: ['import'] })
  kind: string;
  @ApiProperty({ enum: JOB_STATUSES })
  status: JobStatus;
  createdBy: string;
  /** The public id that the token has now. */
  @ApiProperty({ type: String, nullable: true, example: '1f0c9a7b52d4' })
  token: string | null;
  progress: JobProgressDto;
  cancelRequested: boolean;
  /** What was asked, but for the document. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  request: object;
  /** When it succeeded: the revision that holds its changes. */
  @ApiProperty({ type: Number, nullable: true })
  revision: number | null;
  /** When it succeeded: what the request would have answered at once. */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  result: object | null;
  /** When it failed: the code, the detail and the errors of the problem. */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  problem: object | null;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  startedAt: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finishedAt: string | null;
}

export class JobPageDto extends PageDto {
  items: JobDto[];
}
