import { setTimeout as sleep } from 'node:timers/promises';
import { Reader } from '../streaming/reader.js';
import type { Api } from '../support/api.js';
import { Told } from './told.js';

interface Travels {
  /** The servers that it moves between. */
  apis: readonly Api[];
  token: string;
  environment: string;
  random: () => number;
  longestStayMs: number;
}

/** One client that is cut off again and again, and resumes with the last id that it has seen, on whichever server it finds. */
export class Wanderer {
  readonly told = new Told();
  connections = 0;
  private reader: Reader | null = null;

  constructor(private readonly travels: Travels) {}

  get environment(): string {
    return this.travels.environment;
  }

  async wander(until: () => boolean): Promise<void> {
    while (!until()) {
      this.connect();
      await sleep(this.travels.random() * this.travels.longestStayMs);
      this.disconnect();
    }
    this.connect();
  }

  /** Takes in what has arrived. */
  listen(): void {
    for (const event of this.reader?.events.splice(0) ?? []) this.told.hear(event);
  }

  /** What arrives from now on is lost to this client, as with a connection that breaks. */
  disconnect(): void {
    this.listen();
    this.reader?.close();
    this.reader = null;
  }

  private connect(): void {
    const { apis, token, environment, random } = this.travels;
    const api = apis[Math.floor(random() * apis.length)];
    if (!api) throw new Error('A wanderer needs a server');
    const { lastName } = this.told;
    this.connections++;
    this.reader = new Reader(`${api.url}/api/feature-flags/stream?env=${environment}`, {
      token,
      ...(lastName === '' ? {} : { lastEventId: lastName }),
    });
  }
}
