import { jest } from '@jest/globals';

// These tests drive real servers against real clocks. What a busy machine breaks once is told in the output and tried once more, at once; what
// fails twice fails.
jest.retryTimes(1, { logErrorsBeforeRetry: true, retryImmediately: true });
