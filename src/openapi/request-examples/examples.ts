/** Bodies of one operation that work as they stand, by a word; the first is what a page fills in. */
export type Examples = Record<string, { summary: string; value: object }>;
