// Sums up jest's JSON reports: `node scripts/count-tests.mjs report.json …`
import { existsSync, readFileSync } from 'node:fs';

const reports = process.argv
  .slice(2)
  .filter((path) => existsSync(path))
  .map((path) => JSON.parse(readFileSync(path, 'utf8')));
const sum = (field) => reports.reduce((total, report) => total + report[field], 0);
const brokenFiles = reports
  .flatMap(({ testResults }) => testResults)
  .filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0);
const skipped = sum('numPendingTests');

console.log(
  `\n${sum('numPassedTests')} passed, ${sum('numFailedTests') + brokenFiles.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
);
