import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import type { FuzzedRequest } from './requests.js';

export interface Heard {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

const ANSWERED_MS = 20_000;

/** Sends requests as they are, which `fetch` would mend or refuse to send, one after another over one connection. */
export class Sender {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(private readonly url: string) {}

  /** @throws when no answer comes, or the connection ends before it. */
  send({ method, path, headers, body }: FuzzedRequest): Promise<Heard> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(this.url);
      const length = body === null ? {} : { 'content-length': String(body.length) };
      const outgoing = request({ agent: this.agent, hostname, port, method, path, headers: { ...headers, ...length } });
      outgoing.setTimeout(ANSWERED_MS, () => outgoing.destroy(new Error(`no answer within ${ANSWERED_MS / 1_000} s`)));
      let isAnswered = false;
      outgoing.on('response', (answer) => {
        isAnswered = true;
        const chunks: Buffer[] = [];
        const finish = () => {
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString() });
        };
        answer
          .on('data', (chunk: Buffer) => chunks.push(chunk))
          .on('end', finish)
          .on('error', finish);
        if (answer.headers['content-type']?.startsWith('text/event-stream')) { finish(); outgoing.destroy(); } // prettier-ignore
      });
      // who is refused by its headers may find the connection closed while it still sends
      outgoing.on('error', (error) => { if (!isAnswered) reject(error); }); // prettier-ignore
      outgoing.end(body ?? undefined);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
