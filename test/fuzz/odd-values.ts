import fc from 'fast-check';

export const LONG = 'x'.repeat(70_000);

/** Texts at which parsers, databases and people have stumbled before. */
export const ODD_TEXTS = [
  '',
  ' ',
  '.',
  '..',
  '../../etc/passwd',
  'constructor',
  '__proto__',
  'null',
  'NaN',
  '-0',
  '１２',
  'ü',
  'u\u0308',
  '\u202e',
  '\ufeff',
  '👩‍👩‍👧‍👦',
  'a\u0000b',
  '\ud800',
  "'; DROP TABLE flagtree.flags; --",
  '%',
  '*',
  '((((((((((a+)+)+)+)+)+)+)+)+)+)$',
  '2026-02-30T25:61:61Z',
  '9999-12-31T23:59:59Z',
  '00000000-0000-0000-0000-000000000000',
  'x'.repeat(256),
  LONG,
] as const;

/** Values that the schema of a member does not mean, mostly. */
export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -1, 0.5, 33.3333, 2 ** 31, 2 ** 53, -1e308, 5e-324, [], {}, [[]], [null], [{}]),
  fc.constantFrom(...ODD_TEXTS),
  fc.constantFrom<unknown>(nested(70), Array.from({ length: 1_100 }, (_, at) => at), Object.fromEntries(ODD_TEXTS.map((text) => [text, text]))),
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
); // prettier-ignore

/** What a header can carry at all. */
export const oddHeader = fc.constantFrom('', ' ', '"', '*', '"x"', 'W/"1"', '"0", "1"', ',,,', '-1', 'ü', 'x'.repeat(300), '1.5', '\t', '{}', '%00'); // prettier-ignore

/** Segments and values of a URL that encoding would not make. */
export const oddEncoding = fc.constantFrom('%zz', '%', '%ff', '%00', '%ED%A0%80', '..', '%2e%2e', '%2f', 'a%2Fb', ';', '&', '=', '+', '%2525', 'x'.repeat(2_100)); // prettier-ignore

/** Null as often as `often` to one. */
export const rarely = <T>(often: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: often, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}
