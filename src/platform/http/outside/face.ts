import { IncomingMessage } from 'node:http';
import proxyaddr from '@fastify/proxy-addr';
import type { Config } from '../../config/config.js';
import { CrossOrigin } from './cross-origin.js';
import { type Forwarded, forwardedBy } from './forwarded.js';
import type { ShapeProblem } from './problem-shape.js';
import { RouteMethods } from './route-methods.js';

/** How a server is seen and reached from outside; hung on every request that it reads, so that whatever answers knows it. */
export class Face {
  /** What stands before every URL of an answer; null: what trusted proxies say. */
  readonly publicUrl: PublicUrl | null;
  private readonly isTrusted: ((address: string) => boolean) | null;

  /** Null: no page of another origin may ask anything. */
  readonly crossOrigin: CrossOrigin | null;
  readonly methods = new RouteMethods();

  /** `shapes`: what errors look like below a path, where a protocol has error bodies of its own. */
  constructor(
    { publicUrl, trustedProxies, cors, environment }: FaceSettings,
    private readonly shapes: readonly (readonly [below: string, shape: ShapeProblem])[] = [],
  ) {
    this.crossOrigin = cors === null ? null : new CrossOrigin(cors, environment.header);
    this.publicUrl = publicUrl === null ? null : partsOf(publicUrl);
    const trust = trustedProxies.length === 0 ? null : proxyaddr.compile([...trustedProxies]);
    this.isTrusted = trust === null ? null : (address) => trust(address, 0);
  }

  /** Null: that of a problem document. */
  shapeOf(url: string): ShapeProblem | null {
    return this.shapes.find(([below]) => url.startsWith(below))?.[1] ?? null;
  }

  forwarded({ headers, socket }: IncomingMessage): Forwarded {
    return forwardedBy(headers, socket.remoteAddress, this.isTrusted ?? nobody);
  }

  /** Whether a request can tell anything of the URL that its caller used. */
  get trustsProxies(): boolean {
    return this.isTrusted !== null;
  }
}

export type FaceSettings = Pick<Config, 'publicUrl' | 'trustedProxies' | 'cors'> & {
  environment: Pick<Config['environment'], 'header'>;
};

export interface PublicUrl {
  /** Null: the one that the caller used, whichever that is. */
  origin: string | null;
  /** `''` or `/flags`. */
  prefix: string;
  /** By the setting, so that it holds whoever asks. */
  isSet: boolean;
}

function partsOf(url: string): PublicUrl {
  const { origin, pathname } = new URL(url);
  return { origin, prefix: pathname.replace(/\/+$/, ''), isSet: true };
}

const nobody = () => false;

declare module 'node:http' {
  interface IncomingMessage {
    /** Of the server that reads it; undefined where nothing listens, as in a simulated request. */
    readonly face?: Face;
  }
}

/** The class of the requests of a server with this face. */
export function messagesWith(face: Face): typeof IncomingMessage {
  class Message extends IncomingMessage {
    override get face(): Face {
      return face;
    }
  }
  return Message;
}
