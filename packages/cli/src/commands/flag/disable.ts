import type { Invocation, Result } from '../../command.js';
import { type Turn, turn } from './turn.js';

export const run = (call: Invocation<{ keys: string[] }, Turn>): Promise<Result> => turn(false, call);
