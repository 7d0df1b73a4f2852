import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';

/** Says to every server on this database which jobs are alive: one session holds an advisory lock for each, and dies with this process. */
@Injectable()
export class JobLocks implements OnApplicationShutdown {
  private session: Promise<QueryRunner> | null = null;
  private held = 0;

  constructor(private readonly dataSource: DataSource) {}

  async take(id: string): Promise<void> {
    this.session ??= this.open();
    this.held++;
    await (await this.session).query('SELECT pg_advisory_lock(flagtree.job_lock_key($1))', [id]);
  }

  async release(id: string): Promise<void> {
    const session = await this.session;
    if (--this.held === 0) this.session = null;
    try {
      await session?.query('SELECT pg_advisory_unlock(flagtree.job_lock_key($1))', [id]);
    } finally {
      if (this.session === null) await session?.release();
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await (await this.session)?.release();
  }

  private async open(): Promise<QueryRunner> {
    const runner = this.dataSource.createQueryRunner();
    await runner.connect();
    return runner;
  }
}
