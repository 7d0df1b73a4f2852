/** The one validator of the product for the shapes in jsonb columns. Pointers in the defects are relative to the value that was given. */
export { validateConditions } from './validate-conditions.js';
export { FLAG_KEY, validatePercentage, validatePrerequisites, validateSettings } from './validate-fields.js';
export { validateRules } from './validate-rules.js';
export { validateVariants } from './validate-variants.js';
