import { ApiProperty } from '@nestjs/swagger';

/** What is told of every row. */
export class StoredDto {
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
  @ApiProperty({ format: 'date-time' })
  updatedAt: string;
  version: number;
  @ApiProperty({ format: 'uuid' })
  id: string;
}

/** The same of one that was read by itself. */
export class StoredAtRevisionDto extends StoredDto {
  /** The revision at which this was read. */
  revision: number;
}

/** What is told of every part of a list, beside its `items`. */
export class PageDto {
  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
