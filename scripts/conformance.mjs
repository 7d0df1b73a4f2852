// `npm run test:conformance`: the cases of the OpenFeature project against this server, and a table of what came of them.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = resolve(root, process.env.FLAGTREE_CONFORMANCE_DIR ?? '../shared/conformance');

if (!existsSync(folder)) {
  console.log(`The conformance data are not there: ${folder} (FLAGTREE_CONFORMANCE_DIR names another place). Nothing was run.`);
  process.exit(0);
}

const scratch = mkdtempSync(join(tmpdir(), 'flagtree-conformance-'));
const report = join(scratch, 'report.json');
const jest = [
  join(root, 'scripts/test.mjs'),
  '--selectProjects',
  'e2e',
  '--testPathPatterns',
  'test/conformance|provider-test-kit|provider-events',
];
const { status } = spawnSync(process.execPath, [...jest, '--silent', '--json', `--outputFile=${report}`], {
  cwd: root,
  env: { ...process.env, FLAGTREE_CONFORMANCE_DIR: folder },
  stdio: ['ignore', 'ignore', 'inherit'],
});
if (existsSync(report)) printTable(JSON.parse(readFileSync(report, 'utf8')));
rmSync(scratch, { recursive: true, force: true });
process.exit(status ?? 1);

function printTable({ testResults }) {
  const rows = [];
  const reasons = new Map();
  for (const { name, assertionResults, message } of testResults) {
    const row = {
      suite: relative(root, name).replace(/(^|\/)test\/|\.spec\.ts$/g, '$1'),
      cases: 0,
      passed: 0,
      failed: 0,
      'not applicable': 0,
    };
    for (const { title, status: outcome } of assertionResults) {
      row.cases++;
      const why = / \(not applicable: (.*)\)$/.exec(title)?.[1];
      if (outcome === 'failed') row.failed++;
      else if (why !== undefined || outcome !== 'passed') row['not applicable']++;
      else row.passed++;
      if (why !== undefined && outcome !== 'failed') reasons.set(why, (reasons.get(why) ?? 0) + 1);
    }
    if (assertionResults.length === 0 && message) console.log(message);
    rows.push(row);
  }
  const total = { suite: 'all', cases: 0, passed: 0, failed: 0, 'not applicable': 0 };
  for (const row of rows) for (const column of ['cases', 'passed', 'failed', 'not applicable']) total[column] += row[column];
  console.table([...rows.sort((a, b) => (a.suite < b.suite ? -1 : 1)), total]);
  for (const [why, count] of reasons) console.log(`not applicable, ${count}: ${why}`);
  for (const { assertionResults } of testResults) {
    for (const { fullName, status: outcome } of assertionResults) if (outcome === 'failed') console.log(`failed: ${fullName}`);
  }
}
