#!/usr/bin/env node
import module from 'node:module';

// From Node 22 on the second start reads compiled code.
(module as { enableCompileCache?: () => void }).enableCompileCache?.();

const { runProgram } = await import('./program/run.js');
process.exitCode = await runProgram(process.argv.slice(2));
