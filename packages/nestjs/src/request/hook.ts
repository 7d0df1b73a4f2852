import type { HttpAdapterHost } from '@nestjs/core';
import { keepScope, type Scope, within } from './scope.js';
import type { DetectableRequest } from '../engine.js';
import type { Runtime } from '../runtime.js';

type Next = () => void;

/** As far as Fastify and Express are the same here. */
interface FastifyLike {
  addHook(name: 'onRequest', hook: (request: DetectableRequest, reply: unknown, next: Next) => void): unknown;
}
interface ExpressLike {
  use(handler: (request: ExpressRequest, response: unknown, next: Next) => void): unknown;
}
type ExpressRequest = DetectableRequest['raw'] & { readonly query: unknown };

/** Gives each request of the application a scope, before routes and middleware run. False: the application has no HTTP, or not yet. */
export function scopeRequests({ httpAdapter }: HttpAdapterHost, runtime: Runtime): boolean {
  // applications without HTTP have no adapter, whatever the type says; those of Nest's testing have one that does nothing at first
  const adapter = httpAdapter as HttpAdapterHost['httpAdapter'] | undefined;
  const instance = adapter?.getInstance<Partial<FastifyLike & ExpressLike> | undefined>();
  if (adapter?.getType() === 'fastify' && instance?.addHook) {
    instance.addHook('onRequest', (request, _reply, next) => {
      enter(runtime, request, [request, request.raw], next);
    });
    return true;
  }
  if (!instance?.use) return false;
  instance.use((request, _response, next) => {
    enter(runtime, { raw: request, query: request.query }, [request], next);
  });
  return true;
}

function enter(runtime: Runtime, request: DetectableRequest, keys: readonly object[], next: Next): void {
  const { scope, ready } = runtime.scopeFor(request, keys[0] as object);
  for (const key of keys) keepScope(key, scope);
  if (ready === null) within(scope, next);
  else void ready.then(() => { goOn(scope, next); }); // prettier-ignore
}

const goOn = (scope: Scope, next: Next): void => {
  within(scope, next);
};
