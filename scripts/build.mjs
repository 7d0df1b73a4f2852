import './setup/node-version.mjs';

const { compile } = await import('./setup/compile.mjs');
process.exitCode = compile() ? 0 : 1;
