import { type OpenApiDocument, type Operation, operationsIn, prefilled } from '../docs/prefilled.js';
import type { Api } from '../support/api.js';
import type { Asker, DocumentedOperation, Expected } from './oracle.js';
import { type Item, type States } from './places.js';
import { type Built, REQUESTS } from './requests.js';

/** One question: what does this caller get who sends this? */
export interface Cell<C extends Asker = Asker> {
  operation: string;
  reach: string | null;
  caller: C;
  expected: Expected;
  request: Prepared;
}

/** A request with what has to be done before it. What is refused leaves nothing behind, so all who are refused share one. */
export class Prepared {
  private prepared: Item = {};

  constructor(private readonly built: Built) {}

  get given(): States {
    return this.built.given ?? {};
  }

  /** Whether it changes something where it is let in. */
  get writes(): boolean {
    return this.built.method !== 'GET';
  }

  async prepare(admin: Api): Promise<void> {
    if (this.built.before) this.prepared = await this.built.before(admin);
  }

  get sent(): { method: string; path: string; body: Item | undefined } {
    const { method, path, body } = this.built;
    return {
      method,
      path: typeof path === 'string' ? path : path(this.prepared),
      body: typeof body === 'function' ? body(this.prepared) : body,
    };
  }
}

export type Oracle = (operation: DocumentedOperation, reach: string | null, asker: Asker) => Expected;

/**
 * Each operation, sent by each caller, into each thing that it is documented to reach; `oracle` says what is right. What others may ask of the
 * same writes, such as whether they wait for an approval, is another oracle for the same cells.
 */
export function* cellsOf<C extends Asker>(
  document: OpenApiDocument,
  documented: readonly DocumentedOperation[],
  callers: readonly C[],
  oracle: Oracle,
): Generator<Cell<C>> {
  const operations = new Map(operationsIn(document).map((operation) => [operation.operationId, operation]));
  let count = 0;
  for (const row of documented) {
    const operation = operations.get(row.operation) as Operation;
    for (const reach of row.reaches.length === 0 ? [null] : row.reaches) {
      const build = (): Prepared[] => (reach === null ? [asShown(operation)] : buildOf(row.operation, reach, String(++count)));
      const refused = build();
      for (const caller of callers) {
        const expected = oracle(row, reach, caller);
        const own = expected === 'yes' && reach !== null ? build() : refused;
        for (const request of own) yield { operation: row.operation, reach, caller, expected, request };
      }
    }
  }
}

function buildOf(operation: string, reach: string, n: string): Prepared[] {
  const build = REQUESTS[operation]?.[reach];
  if (!build) throw new Error(`test/permissions/requests.ts has no request of ${operation} that reaches "${reach}".`);
  return [build(n)].flat().map((built) => new Prepared(built));
}

/** As "Try it out" of the API's page sends it. */
function asShown(operation: Operation): Prepared {
  const { method, path, body } = prefilled(operation, 'none');
  return new Prepared({ method: method.toUpperCase() as Built['method'], path, ...(body !== undefined && { body: JSON.parse(body) as Item }) });
} // prettier-ignore
