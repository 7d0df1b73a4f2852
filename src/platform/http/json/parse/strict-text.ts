/** A code and what it means, of a value that JSON can say and a stored configuration must not hold. */
export type Flaw = [code: string, detail: string];

/** What PostgreSQL refuses in any text. */
export function textFlaws(text: string): Flaw[] {
  const flaws: Flaw[] = [];
  if (text.includes('\0')) flaws.push(['nul-character', 'Text must not contain the NUL character (\\u0000).']);
  if (!text.isWellFormed())
    flaws.push(['unpaired-surrogate', 'Text must not contain unpaired surrogates: it is not valid Unicode.']);
  return flaws;
}

export function keyFlaws(key: string, isRepeated: boolean): Flaw[] {
  const flaws: Flaw[] = [];
  if (isRepeated) flaws.push(['duplicate-key', `The key "${key}" stands here more than once: keep one.`]);
  if (key === '__proto__') flaws.push(['forbidden-key', 'The key "__proto__" is not allowed.']);
  return [...flaws, ...textFlaws(key)];
}

/** Of a number that loses what was written. */
export function numberFlaw(lexeme: string, value: number): Flaw | null {
  if (!Number.isFinite(value)) return ['number-out-of-range', `The number ${lexeme.slice(0, 40)} is too large.`];
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return null;
  const [code, where] = value < 0 ? ['integer-too-small', 'below −(2^53 − 1)'] : ['integer-too-large', 'above 2^53 − 1'];
  return [code, `${lexeme.slice(0, 40)} is ${where}, where whole numbers lose digits: send it as a string.`];
}
