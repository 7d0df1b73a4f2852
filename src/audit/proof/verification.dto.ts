import { ApiProperty } from '@nestjs/swagger';
import type { Checker } from './proof.js';
import { BROKEN_REASONS, type BrokenReason } from './broken-entry.js';

export class BrokenEntryDto {
  /** The entry; null: a line of the anchors, a guard, or a row that the log does not know. */
  @ApiProperty({ type: Number, nullable: true })
  id: number | null;
  @ApiProperty({ enum: BROKEN_REASONS })
  reason: BrokenReason;
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
  /** How many of other servers this one has seen, and has held the log against. */
  @ApiProperty({ type: 'integer' })
  others: number;
}

const CHECKERS = ['server', 'postgresql'] as const;
const CHECKER = { enum: CHECKERS, type: String, nullable: true } as const;

/** Who worked each part out: this server, or PostgreSQL by functions that are its own. No function of the database takes part. Null: nobody could, see `warnings`. */
export class CheckersDto {
  /** The hashes of the entries, from their columns, and the head of the ledger. */
  @ApiProperty(CHECKER)
  entries: Checker;
  /** The signatures of the anchors, and whether they fit the entries. */
  @ApiProperty(CHECKER)
  anchors: Checker;
  /** Whether each row of the tables is as its newest entry says, and none is missing. */
  @ApiProperty(CHECKER)
  rows: Checker;
  /** Whether triggers and functions are those of the migrations. */
  @ApiProperty(CHECKER)
  guards: Checker;
}

export class AuditVerificationDto {
  /** Whether every entry is as it was written, none is missing, all of the anchors fit, every row is as the log says, and so are the guards. */
  valid: boolean;
  /** The first entry that was checked: 1, or with `goOn` the one after those that were checked before. */
  @ApiProperty({ type: 'integer', example: 1 })
  from: number;
  /** How many entries were checked. */
  entries: number;
  /** The heads of the log that this server has signed. */
  anchors: AnchorsDto;
  /** The first 100 places at which something is wrong. */
  @ApiProperty({ type: [BrokenEntryDto] })
  broken: BrokenEntryDto[];
  /** What could not be looked at, or makes the proof weaker, such as a server whose login owns the tables. */
  warnings: string[];
  /** Who made which of the checks. */
  checkedBy: CheckersDto;
}
