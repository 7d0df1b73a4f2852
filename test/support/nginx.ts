import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;

export const hasNginx = spawnSync('nginx', ['-v'], { env: { PATH } }).status === 0;

/** The documented configuration before a server, with their two ports exchanged. */
export async function startNginx(upstream: string, port: number) {
  const folder = mkdtempSync(join(tmpdir(), 'flagtree-nginx-'));
  chmodSync(folder, 0o755); // its workers run as somebody else
  const documented = readFileSync('docs/how-to/nginx/flagtree.conf', 'utf8');
  const conf = documented
    .replace('127.0.0.1:3000', new URL(upstream).host)
    .replace('listen 8080', `listen 127.0.0.1:${String(port)}`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`);
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/pid; error_log stderr; events {} http { access_log off; ${temporary.join(' ')}\n${conf}\n}`,
  );
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { env: { PATH }, stdio: 'inherit' });
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${String(port)}/flags`;
  for (let tries = 0; tries < 100; tries++) {
    if (
      await fetch(`${url}/health/live`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break;
    await sleep(50);
  }
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
