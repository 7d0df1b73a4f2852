import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { flags } from './flags.js';
import { CONTEXTS, type FlagVectors, goldenVectors } from './vectors.js';

const committed = JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8')) as Record<string, FlagVectors>;

describe('the golden vectors', () => {
  it('are ten thousand evaluations, of every reason', () => {
    expect(Object.values(committed).reduce((sum, { given }) => sum + given.length, 0)).toBeGreaterThanOrEqual(10_000);
    const answers = Object.values(committed).flatMap((vectors) => vectors.answers);
    for (const reason of ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'TARGETING_KEY_MISSING']) {
      expect([reason, answers.some((answer) => answer.startsWith(reason))]).toEqual([reason, true]);
    }
    expect(answers.filter((answer) => answer === 'PARSE_ERROR')).toEqual([]);
  });

  const current = goldenVectors();

  it('are of these flags', () => expect(Object.keys(current)).toEqual(Object.keys(committed)));

  it.each(flags.map(({ key }) => key))('hold for every context of %s', (key) => {
    const answersOf = ({ answers, given }: FlagVectors) => [...given].map((letter) => answers[letter.charCodeAt(0) - 65]);
    expect(answersOf(current[key]!)).toHaveLength(CONTEXTS);
    expect(answersOf(current[key]!)).toEqual(answersOf(committed[key]!));
  });
});
