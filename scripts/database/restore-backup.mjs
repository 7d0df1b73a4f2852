import { runCommand } from '../setup/run-command.mjs';

await runCommand('restore', process.argv.slice(2));
