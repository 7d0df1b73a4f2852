import fc from 'fast-check';
import { isStorable } from '../../json/values.js';
import type { FlagType, JsonValue } from '../../types.js';

/** Text that PostgreSQL's jsonb can hold. */
export const storableText = fc
  .oneof(fc.constantFrom('', 'on', 'beta', 'größe', '日本', '😀', 'a b', '1'), fc.string({ unit: 'grapheme', maxLength: 12 }))
  .filter(isStorable);

export const safeNumber = fc.oneof(
  fc.constantFrom(0, 1, -1, 0.1, 10, 2 ** 53 - 1, -(2 ** 53 - 1), 1e-7),
  fc.integer(),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((thousandths) => thousandths / 1000),
);

/** JSON that survives from request to database to client: no unsafe integers, no unstorable text, no minus zero. */
export const storableJson: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<JsonValue>(null, false, true, '', {}, []),
    storableText,
    safeNumber,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      storableText.filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 3, noNullPrototype: true },
    ),
  ),
})).value;

export function valueOfType(type: FlagType): fc.Arbitrary<JsonValue> {
  switch (type) {
    case 'boolean':
      return fc.boolean();
    case 'string':
      return storableText;
    case 'number':
      return safeNumber;
    case 'json':
      return storableJson;
  }
}

/** Three decimals, the edges often. */
export const percentage = fc.oneof(
  fc.constantFrom(0, 0.001, 50, 99.999, 100, 100),
  fc.integer({ min: 0, max: 100_000 }).map((thousandths) => thousandths / 1000),
);
