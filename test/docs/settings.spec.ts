import { describe, expect, it } from '@jest/globals';
import { SETTINGS } from '../../src/platform/config/settings.js';
import { readPage } from './markdown.js';

describe('docs/reference/settings.md', () => {
  it('lists every setting as the server reads it, in the same order', () => {
    const rows = readPage('docs/reference/settings.md')
      .split('\n')
      .filter((line) => /^\| `[A-Z_]+`/.test(line))
      .map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
    expect(rows).toEqual(
      SETTINGS.map(({ name, default: fallback, meaning, fileVariable }) => [
        `\`${name}\`${fileVariable === null ? '' : ` or \`${fileVariable}\``}`,
        fallback === null ? '' : `\`${fallback}\``,
        meaning,
      ]),
    );
  });
});
