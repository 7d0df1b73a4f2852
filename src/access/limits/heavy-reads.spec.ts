import type { CallHandler, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import { type Observable, Subject, throwError } from 'rxjs';
import { HeavyRead, HeavyReads } from './heavy-reads.js';

const light = (): void => undefined;
const heavy = (): void => undefined;
HeavyRead()({ heavy }, 'heavy', { value: heavy });

const contextOf = (tokenId: string, handler: () => void) =>
  ({
    getHandler: () => handler,
    switchToHttp: () => ({ getRequest: () => ({ caller: { tokenId } }) }),
  }) as unknown as ExecutionContext;

class Reads {
  private readonly reads = new HeavyReads(new Reflector());
  readonly begun: Subject<string>[] = [];
  readonly answers: string[] = [];

  ask(tokenId: string, handler: () => void = heavy, answer?: Observable<string>): void {
    const handle = () => {
      const subject = new Subject<string>();
      this.begun.push(subject);
      return answer ?? subject;
    };
    this.reads
      .intercept(contextOf(tokenId, handler), { handle } as CallHandler)
      .subscribe({ next: (value) => this.answers.push(value as string), error: () => this.answers.push('error') });
  }

  /** Ends the read that began as the `index`th. */
  async end(index: number): Promise<void> {
    this.begun[index]?.next(`answer ${String(index)}`);
    this.begun[index]?.complete();
    await this.settle();
  }

  settle = () => new Promise((resolve) => setImmediate(resolve));
}

describe('heavy reads of one token', () => {
  it('are two at once, and the others begin in their turn', async () => {
    const reads = new Reads();
    for (let i = 0; i < 5; i++) reads.ask('a');
    await reads.settle();
    expect(reads.begun).toHaveLength(2);
    await reads.end(1);
    expect([reads.begun.length, reads.answers]).toEqual([3, ['answer 1']]);
    for (const index of [0, 2, 3, 4]) await reads.end(index);
    expect(reads.answers).toHaveLength(5);
  });

  it('are refused where many wait already, and let in again afterwards', async () => {
    const reads = new Reads();
    for (let i = 0; i < 22; i++) reads.ask('a');
    expect(() => { reads.ask('a'); }).toThrow('This token has 2 reads of many flags under way, and 20 behind them'); // prettier-ignore
    await reads.settle();
    for (let i = 0; i < 22; i++) await reads.end(i);
    expect(reads.answers).toHaveLength(22);
    reads.ask('a');
    await reads.settle();
    expect(reads.begun).toHaveLength(23);
  });

  it('keep nobody else waiting, nor reads that are light', async () => {
    const reads = new Reads();
    for (let i = 0; i < 22; i++) reads.ask('a');
    reads.ask('b');
    reads.ask('a', light);
    await reads.settle();
    expect(reads.begun).toHaveLength(4);
  });

  it('give up their place when they fail', async () => {
    const reads = new Reads();
    const failing = throwError(() => new Error('no'));
    for (let i = 0; i < 6; i++) reads.ask('a', heavy, failing);
    await reads.settle();
    await reads.settle();
    expect(reads.answers).toEqual(Array(6).fill('error'));
  });
});
