import { ApiProperty } from '@nestjs/swagger';

export class BrokenEntryDto {
  /** The entry; null: a line of the anchors. */
  @ApiProperty({ type: Number, nullable: true })
  id: number | null;
  @ApiProperty({ enum: ['edited', 'missing', 'truncated', 'ledger', 'rewritten', 'anchor'] })
  reason: string;
  /** What is wrong there, for people. */
  detail: string;
}

export class NewestAnchorDto {
  /** The entry that was the newest. */
  entry: number;
  /** When it was signed. */
  @ApiProperty({ format: 'date-time' })
  at: string;
}

export class AnchorsDto {
  /** How many the file in the data directory has. */
  count: number;
  @ApiProperty({ type: NewestAnchorDto, nullable: true })
  newest: NewestAnchorDto | null;
}

export class AuditVerificationDto {
  /** Whether every entry is as it was written, none is missing, and all of the anchors fit. */
  valid: boolean;
  /** How many entries were checked. */
  entries: number;
  /** The heads of the log that this server has signed. */
  anchors: AnchorsDto;
  /** The first 100 places at which something is wrong. */
  @ApiProperty({ type: [BrokenEntryDto] })
  broken: BrokenEntryDto[];
}
