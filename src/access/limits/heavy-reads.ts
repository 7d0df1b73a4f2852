import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { from, type Observable, switchMap, finalize } from 'rxjs';
import { ApiProblem } from '../../platform/http/management/admin-controller.js';
import { TooMany } from '../../platform/http/problems/problem.js';
import type { Caller } from '../identity/caller.js';
import { callerOf } from '../identity/request-caller.js';

const HEAVY = 'flagtree:heavy-read';

/** Of one token, at once. */
const AT_ONCE = 2;
/** Behind them, in the order in which they came. */
const WAITING = 20;

/** A read that may look at all flags of an environment, or at the history: a token has two of them at once, and others wait for their turn. */
export const HeavyRead = () =>
  applyDecorators(
    SetMetadata(HEAVY, true),
    ApiProblem(429, 'This token has too many such reads under way: again after `Retry-After`.'),
  );

/** The line of one token. */
interface Line {
  running: number;
  waiting: (() => void)[];
}

@Injectable()
export class HeavyReads implements NestInterceptor {
  private readonly lines = new Map<string, Line>();

  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (this.reflector.get<boolean | undefined>(HEAVY, context.getHandler()) !== true) return next.handle();
    const caller = callerOf(context.switchToHttp().getRequest<{ caller?: Caller }>());
    const turn = this.turnOf(caller.tokenId);
    return from(turn).pipe(
      switchMap(() => next.handle().pipe(finalize(() => { this.leave(caller.tokenId); }))), // prettier-ignore
    );
  }

  /** @throws {TooMany} */
  private turnOf(token: string): Promise<void> {
    const line = this.lines.get(token) ?? { running: 0, waiting: [] };
    this.lines.set(token, line);
    if (line.running < AT_ONCE) {
      line.running++;
      return Promise.resolve();
    }
    if (line.waiting.length < WAITING) return new Promise((begin) => { line.waiting.push(begin); }); // prettier-ignore
    throw new TooMany(
      'too-many-reads',
      `This token has ${String(AT_ONCE)} reads of many flags under way, and ${String(WAITING)} behind them: wait for their answers, or ask for fewer flags.`,
      1,
    );
  }

  private leave(token: string): void {
    const line = this.lines.get(token);
    if (!line) return;
    const next = line.waiting.shift();
    if (next) next();
    else if (--line.running === 0) this.lines.delete(token);
  }
}
