import { Column, PrimaryColumn } from 'typeorm';

/** The columns that every table of the domain has and that the database alone writes: by defaults, and by its triggers. */
export abstract class KeptByDatabase {
  @PrimaryColumn({ type: 'uuid', insert: false, update: false })
  id: string;

  @Column({ type: 'timestamptz', name: 'created_at', insert: false, update: false })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', insert: false, update: false })
  updatedAt: Date;

  /** Counts the changes of the row from 1. */
  @Column({ type: 'integer', insert: false, update: false })
  version: number;
}
