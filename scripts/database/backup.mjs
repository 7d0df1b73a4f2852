import { runCommand } from '../setup/run-command.mjs';

await runCommand('backup', process.argv.slice(2));
