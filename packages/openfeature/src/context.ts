import type { Context } from '@flagtree/client';
import type { EvaluationContext } from '@openfeature/server-sdk';

/** As Flagtree's rules read it: moments are texts by RFC 3339. Null: it cannot be read, since it is cyclic, say, or a getter throws. */
export function contextOf(context: EvaluationContext | undefined): Context | null {
  try {
    return plainValue(context ?? {}) as Context;
  } catch {
    return null;
  }
}

/** The same value where no moment is in it. @throws for what cannot be read to its end, and for moments that are none */
export function plainValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    const items = value.map(plainValue);
    return items.every((item, at) => item === value[at]) ? value : items;
  }
  const members = Object.entries(value).map(([name, member]) => [name, plainValue(member), member] as const);
  // fromEntries defines its members, so one that is called __proto__ stays a member
  return members.every(([, plain, member]) => plain === member)
    ? value
    : Object.fromEntries(members.map(([name, plain]) => [name, plain]));
}
