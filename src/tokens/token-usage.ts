import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { TokenRegistry } from '../access/identity/token-registry.js';

const FLUSH_MS = 60_000;

/** Writes down, off the path of any request, when tokens were last used. Knowing it late, or not at all, must never cost a request. */
@Injectable()
export class TokenUsage implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(TokenUsage.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly registry: TokenRegistry,
    private readonly dataSource: DataSource,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_MS);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  async flush(): Promise<void> {
    const used = [...this.registry.takeUsage()];
    if (used.length === 0 || !this.dataSource.isInitialized) return;
    try {
      await this.dataSource.query(
        `INSERT INTO flagtree.token_usage (token_id, last_used_at)
         SELECT used.token_id, used.last_used_at
           FROM unnest($1::uuid[], $2::timestamptz[]) AS used (token_id, last_used_at)
           JOIN flagtree.tokens AS token ON token.id = used.token_id
         ON CONFLICT ON CONSTRAINT pk_token_usage
         DO UPDATE SET last_used_at = GREATEST(token_usage.last_used_at, EXCLUDED.last_used_at)`,
        [used.map(([id]) => id), used.map(([, at]) => at.toISOString())],
      );
    } catch (error) {
      this.logger.debug(`When tokens were last used could not be written: ${(error as Error).message}`);
    }
  }
}

/** RFC 3339, by token id. */
export async function lastUses(manager: EntityManager): Promise<Map<string, string>> {
  const rows = await manager.query<{ token_id: string; last_used_at: Date }[]>(
    'SELECT usage.token_id, usage.last_used_at FROM flagtree.token_usage AS usage',
  );
  return new Map(rows.map((row) => [row.token_id, row.last_used_at.toISOString()]));
}
