import fc from 'fast-check';

/**
 * Whether a merge passes must not depend on luck: property tests run from one seed, unless PROPERTY_SEED names another one, or is `random`,
 * as it should be in a run at night.
 */
const { PROPERTY_SEED = '20261120' } = process.env;
if (PROPERTY_SEED !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(PROPERTY_SEED) });
