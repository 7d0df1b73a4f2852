import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const NODE_GLOBALS = [
  ...[
    'AbortController',
    'Buffer',
    'TextDecoder',
    'TextEncoder',
    'URL',
    'URLSearchParams',
    'console',
    'fetch',
    'performance',
    'process',
  ],
  ...['clearInterval', 'clearTimeout', 'queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout', 'structuredClone'],
];

const UNUSED = {
  argsIgnorePattern: '^_',
  varsIgnorePattern: '^_',
  destructuredArrayIgnorePattern: '^_',
  ignoreRestSiblings: true,
};

export default defineConfig(
  { ignores: ['**/dist/', 'packages/*/src/generated/', 'dist.*.tmp/', 'coverage/', '.flagtree/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Leaves files with decorators alone: Nest injects by the values of types.
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-unused-vars': ['error', UNUSED],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // DTOs and entities are shapes: a literal, or a spread of one, is as good as an instance.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
    },
  },
  {
    // The engine takes rows that were written past the database's guards, and are not what their types say.
    files: ['packages/engine/src/**/*.ts'],
    rules: Object.fromEntries(
      ['no-unnecessary-condition', 'no-unnecessary-type-conversion', 'no-unnecessary-type-parameters', 'unbound-method'].map(
        (rule) => [`@typescript-eslint/${rule}`, 'off'],
      ),
    ),
  },
  {
    // Tests read answers as a user's script would, by name and without types; what is not there fails the test.
    files: ['**/*.spec.ts', 'test/**/*.ts', '**/testing/**/*.ts'],
    rules: Object.fromEntries(
      [
        ...['no-unsafe-argument', 'no-unsafe-assignment', 'no-unsafe-call', 'no-unsafe-member-access', 'no-unsafe-return'],
        ...['no-non-null-assertion', 'restrict-template-expressions'],
      ].map((rule) => [`@typescript-eslint/${rule}`, 'off']),
    ),
  },
  {
    files: ['**/*.{mjs,js}'],
    extends: [tseslint.configs.base],
    languageOptions: { globals: Object.fromEntries(NODE_GLOBALS.map((name) => [name, 'readonly'])) },
    rules: { 'no-undef': 'error', 'no-unused-vars': ['error', UNUSED], 'prefer-const': 'error', eqeqeq: ['error', 'smart'] },
  },
);
