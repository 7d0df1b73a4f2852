export const IMPORT_MODES = ['merge', 'replace'] as const;
export type ImportMode = (typeof IMPORT_MODES)[number];

export interface ImportOptions {
  /** merge: what the document does not name stays. replace: it goes, as far as the document has its section and speaks for it. */
  mode: ImportMode;
  /** Also what is refused otherwise: deleting and moving environments in use, taking archived flags back into use. */
  force: boolean;
  now: Date;
}
