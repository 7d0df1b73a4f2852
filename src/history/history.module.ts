import { Global, Module } from '@nestjs/common';
import { StateHistory } from './state-history.js';

/** The audit log as history: every past state. Global, as every module that reads may be asked for the past. */
@Global()
@Module({ providers: [StateHistory], exports: [StateHistory] })
export class HistoryModule {}
