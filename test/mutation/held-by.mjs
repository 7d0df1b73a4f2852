/** Which specs hold which file of the engine: a mutant of it has to fail one of them. */
export const HELD_BY = {
  attributes: ['attributes', 'compile-conditions'],
  'attribute-test': ['compile-conditions', 'explain'],
  bucketed: ['bucketed', 'explain'],
  buckets: ['buckets', 'bucketed'],
  'compile-conditions': ['compile-conditions'],
  'compile-operator': ['compile-conditions'],
  bulk: ['evaluate', 'evaluate-prerequisites'],
  evaluate: ['evaluate', 'evaluate-prerequisites'],
  'flag-table': ['flag-table'],
  touched: ['recompile', 'touched'],
  murmur3: ['murmur3'],
};
