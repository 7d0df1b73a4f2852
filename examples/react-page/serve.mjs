// Bundles the page and serves it. It reads FLAGTREE_URL and FLAGTREE_PAGE_TOKEN, a token of kind browser.
import { createServer } from 'node:http';
import { build } from 'esbuild';

const { FLAGTREE_URL: url = 'http://127.0.0.1:3000', FLAGTREE_PAGE_TOKEN: token, PORT = '4004' } = process.env;
if (!token) throw new Error('Set FLAGTREE_PAGE_TOKEN to a token of kind browser: anybody can read it in the page');

const { outputFiles } = await build({
  entryPoints: [new URL('page.jsx', import.meta.url).pathname],
  bundle: true,
  write: false,
  minify: true,
  format: 'esm',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
});
const script = outputFiles[0].text;
const settings = JSON.stringify({ url, token }).replaceAll('<', '\\u003c');
const page = `<!doctype html>
<html lang="en">
  <title>Flags in a page</title>
  <script type="application/json" id="flagtree">${settings}</script>
  <div id="root"></div>
  <script type="module" src="/page.js"></script>
</html>
`;

createServer((request, response) => {
  const isScript = request.url === '/page.js';
  response.setHeader('content-type', isScript ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8');
  response.setHeader('content-security-policy', `default-src 'self'; connect-src ${new URL(url).origin}`);
  response.end(isScript ? script : page);
}).listen(Number(PORT), '127.0.0.1');
