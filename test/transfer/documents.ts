/** A document that names each kind of thing; a spec changes what it is about. */
export function statesDocument(changes: Record<string, unknown> = {}) {
  return { format: 'flagtree-states', version: 1, ...changes };
}

export const variants = [
  { key: 'on', value: true },
  { key: 'off', value: false },
];

/** Everything a server can hold, told with all its fields. */
export const everything = statesDocument({
  version: 2,
  environments: [
    { slug: 'development', aliases: ['dev'], name: 'Development', description: null, url: null, parent: 'staging', settings: { protected: false }, isActive: true, expiresAt: null },
    { slug: 'old', aliases: ['elder', 'older'], name: 'Old one', description: 'Gone soon', url: 'https://old.example/', parent: null, settings: { protected: true }, isActive: false, expiresAt: '2027-01-31T12:00:00.5Z' },
    { slug: 'production', aliases: ['prod'], name: 'production', description: null, url: null, parent: null, settings: {}, isActive: true, expiresAt: null },
    { slug: 'staging', aliases: [], name: 'staging', description: null, url: null, parent: 'production', settings: { require_approval: true }, isActive: true, expiresAt: null },
  ],
  segments: [
    { key: 'beta', name: 'Beta', description: null, conditions: [{ attribute: 'plan', operator: 'in', values: ['beta', 'ünï'] }] },
    { key: 'staff', name: 'Staff', description: 'Us', conditions: [{ any: [{ segment: 'beta' }, { not: { attribute: 'n', operator: 'exists' } }] }] },
  ],
  flags: [
    { key: 'bare', name: 'bare', type: 'boolean', variants: [], defaultVariant: null, offVariant: null },
    {
      key: 'json.flag',
      name: 'JSON',
      description: 'All of it',
      type: 'json',
      enabled: true,
      percentage: 12.125,
      rules: [{ id: 'r1', conditions: [{ segment: 'staff' }], percentage: 50, serve: { split: [{ variant: 'a', weight: 1 }, { variant: 'b', weight: 2 }], bucketBy: 'org.id' } }],
      variants: [
        { key: 'a', value: { nested: [null, 0, '', false, { z: 1, a: 2 }], 'ключ': 1.5e-7 }, weight: 3 },
        { key: 'b', value: {}, description: 'empty' },
      ],
      defaultVariant: 'a',
      offVariant: null,
      bucketing: 'flagd-v2',
      salt: 'pepper',
      onMissingKey: 'off',
      prerequisites: [{ flag: 'simple', variants: ['on'] }],
      owner: 'team-x',
      tags: ['t1', 't2'],
      metadata: { ticket: 42, team: 'x' },
      permanent: true,
      expiresAt: '2028-01-01T00:00:00Z',
    },
    { key: 'simple', name: 'Simple', variants, defaultVariant: 'on', offVariant: 'off' },
  ],
  overrides: [
    { flag: 'json.flag', environment: 'old', percentage: 0, rules: [], rulesMode: 'append' },
    { flag: 'json.flag', environment: 'staging', enabled: false, offVariant: 'b', variants: [{ key: 'a', value: [] }, { key: 'b', value: 1 }], reason: 'because' },
    { flag: 'simple', environment: 'development', enabled: true, defaultVariant: 'off' },
  ],
}); // prettier-ignore
