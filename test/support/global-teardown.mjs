import { rmSync } from 'node:fs';

export default async function teardown() {
  const started = globalThis.flagtreeTestPostgres;
  if (started === undefined) return;
  await started.postgres.stop();
  started.dataDirectory.release();
  rmSync(started.parent, { recursive: true, force: true });
}
