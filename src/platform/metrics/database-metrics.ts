import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { MetricsRegistry } from './metrics-registry.js';

@Injectable()
export class DatabaseMetrics {
  constructor(metrics: MetricsRegistry, dataSource: DataSource) {
    const pool = () => (dataSource.driver as unknown as { master?: Pool }).master;
    const gauge = (name: 'size' | 'in_use' | 'waiting', help: string, read: (pool: Pool) => number) => {
      metrics.readGauge(`flagtree_db_pool_${name}`, help, [], () => {
        const open = pool();
        return open ? [{ labels: {}, value: read(open) }] : [];
      });
    };
    gauge('size', 'Open database connections.', ({ totalCount }) => totalCount);
    gauge('in_use', 'Database connections that are at work.', ({ totalCount, idleCount }) => totalCount - idleCount);
    gauge('waiting', 'Callers that wait for a database connection.', ({ waitingCount }) => waitingCount);
  }
}
