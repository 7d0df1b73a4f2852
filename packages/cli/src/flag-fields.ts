/** Those that an environment can override. */
export const OVERRIDE_FIELDS = [
  'enabled',
  'percentage',
  'rules',
  'rulesMode',
  'variants',
  'defaultVariant',
  'offVariant',
] as const;

/** Those that the flag has besides. */
export const FLAG_FIELDS = [
  ...OVERRIDE_FIELDS.filter((field) => field !== 'rulesMode'),
  ...(['name', 'description', 'owner', 'tags', 'permanent', 'expiresAt', 'metadata'] as const),
  ...(['prerequisites', 'bucketing', 'salt', 'onMissingKey'] as const),
] as const;

/** `--keep` alone means all that would change; the API says true. */
export const keepIn = (keep: readonly string[]): { keep?: true | string[] } =>
  keep.length === 0 ? {} : { keep: keep.includes('*') ? true : [...keep] };
