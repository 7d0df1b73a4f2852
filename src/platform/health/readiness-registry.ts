import { Injectable, type OnModuleDestroy } from '@nestjs/common';

/** `degraded`: it does less than it should, but sending its users elsewhere would not help them. `down`: it cannot serve. */
export interface Readiness {
  status: 'up' | 'degraded' | 'down';
  /** For the person on call; the answer is public, so no secrets and no flags. */
  detail?: string;
}

/** Answers at once, from what it knows: a probe that asks the database would hang when the database does. */
export type ReadinessProbe = () => Readiness;

/** Where each part of the server says how it is. */
@Injectable()
export class ReadinessRegistry implements OnModuleDestroy {
  private readonly probes = new Map<string, ReadinessProbe>();

  register(name: string, probe: ReadinessProbe): void {
    this.probes.set(name, probe);
  }

  report(): Record<string, Readiness> {
    return Object.fromEntries([...this.probes].map(([name, probe]) => [name, probe()]));
  }

  /** From the first moment of a shutdown, so that no load balancer sends more while the last requests finish. */
  onModuleDestroy(): void {
    this.register('server', () => ({ status: 'down', detail: 'It is shutting down.' }));
  }
}
