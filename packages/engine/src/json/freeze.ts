/** Freezes JSON through and through, so that no caller can change what the next one is given. */
export function deepFreeze<T>(value: T): T {
  // null, text, numbers and switches count as frozen
  if (Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value as object)) deepFreeze(member);
  return value;
}
