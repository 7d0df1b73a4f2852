import { dropTemplate } from './migrated-template.mjs';
import { readdirSync, rmSync } from 'node:fs';

export default async function teardown() {
  endServersOfFailedSpecs(process.env.FLAGTREE_TEST_PIDS);
  await dropTemplate(process.env.FLAGTREE_TEST_DATABASE_URL, process.env.FLAGTREE_TEST_TEMPLATE);
  const started = globalThis.flagtreeTestPostgres;
  if (started === undefined) return;
  await started.postgres.stop();
  started.dataDirectory.release();
  rmSync(started.parent, { recursive: true, force: true });
}

/** See launch.ts. */
function endServersOfFailedSpecs(notes) {
  for (const pid of readdirSync(notes)) {
    try {
      process.kill(Number(pid), 'SIGTERM');
    } catch {
      continue;
    }
  }
  rmSync(notes, { recursive: true });
}
