/** What happened to the row. */
export const CHANGES = ['created', 'updated', 'deleted'] as const;

/** What a person means by an entry, where that is more than what happened to the row. */
export const DEEDS = ['enable', 'disable', 'archive', 'promote', 'revert', 'import', 'restore'] as const;

export const AUDIT_WORDS = [...DEEDS, ...CHANGES] as const;
export type AuditWord = (typeof AUDIT_WORDS)[number];
