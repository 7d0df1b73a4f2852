const SEGMENTER = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Wide in a terminal: CJK, Hangul, full-width forms, and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;

const COLOUR = /\u001b\[[0-9;]*m/g;

/** Columns that a text takes in a terminal, colours apart. */
export function widthOf(text: string): number {
  const bare = text.replace(COLOUR, '');
  if (/^[\x20-\x7e]*$/.test(bare)) return bare.length;
  let width = 0;
  for (const { segment } of SEGMENTER.segment(bare)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Cut to a width, with `…` at its end. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let taken = 0;
  for (const { segment } of SEGMENTER.segment(text.replace(COLOUR, ''))) {
    taken += widthOf(segment);
    if (taken > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** What others wrote may hold control characters, which a terminal would obey: they are shown by their code. */
export function harmless(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
