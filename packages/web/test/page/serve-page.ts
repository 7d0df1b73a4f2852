import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';

export interface ServedPage {
  readonly origin: string;
  /** Where the page finds its flags. */
  settings: { url: string; token: string };
  close(): void;
}

/** The page of these specs, with a policy that lets it load its own script and ask one server, and nothing else. */
export async function servePage(): Promise<ServedPage> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'page.tsx')],
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    tsconfigRaw: '{}',
    // that of development: StrictMode mounts twice
    define: { 'process.env.NODE_ENV': '"development"' },
  });
  const script = outputFiles[0]?.text ?? '';
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8');
    response.setHeader(
      'content-security-policy',
      `default-src 'none'; script-src 'self'; img-src data:; connect-src ${page.settings.url}`,
    );
    response.end(isScript ? script : htmlWith(page.settings));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const page: ServedPage = {
    origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    settings: { url: '', token: '' },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return page;
}

const htmlWith = (settings: object): string => `<!doctype html>
<link rel="icon" href="data:,">
<script type="application/json" id="settings">${JSON.stringify(settings).replaceAll('<', '\\u003c')}</script>
<div id="root"></div>
<script type="module" src="/page.js"></script>`;
