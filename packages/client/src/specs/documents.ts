import type { SnapshotDocument } from '../types/document.js';
import type { Json } from '../types/json.js';

type Row = Readonly<Record<string, Json>>;

/** A boolean flag that is on for everybody. */
export function aRow(fields: Row = {}): Row {
  return {
    type: 'boolean',
    enabled: true,
    percentage: 100,
    rules: [],
    variants: [
      { key: 'on', value: true },
      { key: 'off', value: false },
    ],
    defaultVariant: 'on',
    offVariant: 'off',
    bucketing: 'flagd-v2',
    salt: 'salt',
    onMissingKey: 'error',
    prerequisites: [],
    metadata: {},
    inheritedFrom: null,
    ...fields,
  };
}

/** A flag of texts: `a` unless a rule says otherwise. */
export function aText(fields: Row = {}): Row {
  const variants = ['a', 'b', 'c'].map((key) => ({ key, value: key }));
  return aRow({ type: 'string', variants, defaultVariant: 'a', offVariant: 'a', ...fields });
}

/** Those with `plan: pro` get `variant`. */
export function forPros(variant: string): Row {
  return { id: 'pros', conditions: [{ attribute: 'plan', operator: 'equals', values: ['pro'] }], serve: { variant } };
}

export function aDocument(flags: Record<string, Row>, rest: Partial<SnapshotDocument> = {}): SnapshotDocument {
  const revision = rest.revision ?? 1;
  return {
    format: 1,
    environment: 'production',
    aliases: ['prod'],
    revision,
    etag: `etag-${revision}`,
    flags,
    segments: {},
    ...rest,
  };
}
