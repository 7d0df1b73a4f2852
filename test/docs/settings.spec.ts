import { describe, expect, it } from '@jest/globals';
import { SETTINGS } from '../../src/platform/config/settings.js';
import { readPage } from './markdown.js';

/** What the page must say; when a setting is new, paste its line from the failure of this test. */
function tableRows(): string[] {
  return SETTINGS.map(({ name, default: fallback, meaning, fileVariable }) => {
    const variable = [name, fileVariable]
      .filter((word) => word !== null)
      .map((word) => `\`${word}\``)
      .join(' or ');
    return `| ${variable} |${fallback === null ? '' : ` \`${fallback}\``} | ${meaning} |`;
  });
}

describe('docs/reference/settings.md', () => {
  it('lists every setting as the server reads it, in the same order', () => {
    const rows = readPage('docs/reference/settings.md')
      .split('\n')
      .filter((line) => /^\| `[A-Z_]+`/.test(line));
    expect(rows.map((row) => row.replace(/ +/g, ' '))).toEqual(tableRows());
  });
});
