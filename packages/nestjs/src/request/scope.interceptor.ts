import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import { RUNTIME, type Runtime } from '../runtime.js';
import { scopeMessage } from './message.js';
import { scopeOf, within } from './scope.js';

/**
 * For handlers of messages (microservices, WebSockets, subscriptions of GraphQL), and for routes whose body parser loses the asynchronous context:
 * within the handler `Flags` are those of the request or message.
 */
@Injectable()
export class FlagtreeScopeInterceptor implements NestInterceptor {
  constructor(@Inject(RUNTIME) private readonly runtime: Runtime) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const scope = scopeOf(execution) ?? scopeMessage(this.runtime, execution);
    return new Observable((subscriber) => within(scope, () => next.handle().subscribe(subscriber)));
  }
}
