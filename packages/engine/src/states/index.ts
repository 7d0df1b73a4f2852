export { checkDocument, MAX_DOCUMENT_DEFECTS, membersDefects, slicedCheck } from './check-document.js';
export { documentSchema } from './document-schema.js';
export { exportStates, flagsToExport, slicedExport } from './export-states.js';
export { matching, type Member, oneOf, orNull, text } from './item-checks.js';
export { printDocument, slicedPrint } from './print-document.js';
export {
  CORE_SECTIONS,
  type CoreSection,
  type EnvironmentItem,
  type FlagItem,
  type OtherSections,
  type OverrideItem,
  type StatesDocument,
  type StatesSelection,
} from './states-document.js';
