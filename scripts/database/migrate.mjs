import { runCommand } from '../setup/run-command.mjs';

await runCommand('migrate', process.argv.slice(2));
