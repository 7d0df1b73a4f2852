import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { Api } from '../support/api.js';
import { chromiumPath, launchBrowser, openPage, type WatchedPage } from '../support/browser.js';
import { startServer, type TestServer } from '../support/server.js';

const withBrowser = chromiumPath === null ? describe.skip : describe;

let server: TestServer;
let api: Api;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

if (chromiumPath !== null) {
  beforeAll(async () => {
    server = await startServer();
    api = await Api.of(server.url, server.adminToken);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });
  beforeEach(async () => {
    watched = await openPage(browser, server.url);
    ({ page } = watched);
    page.setDefaultTimeout(20_000);
  });
  afterEach(async () => {
    await watched.context.close();
    expect(watched.complaints).toEqual([]);
  });
}

async function signIn(path = '/', token = server.adminToken): Promise<void> {
  await page.goto(server.url + path);
  await page.getByLabel('Admin token').fill(token);
  await page.getByLabel('Admin token').press('Enter');
  await page.getByRole('navigation', { name: 'Flagtree' }).waitFor();
}

const cell = (row: number, column: number) => page.locator(`[data-row="${String(row)}"][data-column="${String(column)}"]`);
const flagIn = async (key: string, env: string) => (await api.get(`/api/admin/feature-flags/${key}?env=${env}`)).body;

let count = 0;
async function newFlag(rest: object = {}): Promise<string> {
  const key = `j.flag_${String(++count)}`;
  await api.post('/api/admin/feature-flags', { key, ...rest });
  return key;
}

withBrowser('the panel, for a person', () => {
  it('lets nobody see anything who has not signed in, and keeps the token nowhere', async () => {
    await page.goto(`${server.url}/flags`);
    await page.getByRole('heading', { name: 'Sign in to Flagtree' }).waitFor();
    await page.getByLabel('Admin token').fill('ft_admin_00000000_none');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    watched.complaints.length = 0; // the browser tells of the refusal
    await signIn('/flags');
    const kept = await page.evaluate(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href])',
    );
    expect(kept).not.toContain('ft_');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Flagtree' }).waitFor();
  });

  it('creates a flag, and turns it on in staging: its effect is shown before, and the way back after', async () => {
    await signIn();
    await page
      .getByRole('button', { name: /New flag|Create the first flag/ })
      .first()
      .click();
    await page.getByRole('textbox', { name: 'Key' }).fill('journey.one');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('heading', { name: 'journey.one' }).waitFor();
    await page.getByRole('button', { name: 'Edit staging' }).click();
    await page.getByLabel('Enabled').click();
    await page.getByText('If you save').waitFor();
    expect(await page.getByRole('dialog').getByRole('listitem').allTextContents()).toEqual([
      'staging: Enabled Off → On',
      'development: Enabled Off → On',
    ]);
    await page.getByRole('button', { name: 'Save to staging' }).click();
    await page.getByRole('button', { name: 'Undo' }).waitFor();
    expect((await flagIn('journey.one', 'development')).enabled).toBe(true);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('“undone in the panel”').waitFor();
    expect(await flagIn('journey.one', 'staging')).toMatchObject({ enabled: false, override: { enabled: null } });
  });

  it('overrides in a child and takes that back, by the keyboard alone', async () => {
    const key = await newFlag();
    await signIn(`/flags?q=${key}`);
    await cell(0, 0).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press(' ');
    await page.locator('td.own', { hasText: 'On' }).waitFor();
    expect((await flagIn(key, 'development')).override.enabled).toBe(true);
    expect(await page.evaluate('document.activeElement.dataset.column')).toBe('2');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Inherit' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('If you save').waitFor();
    await page.getByRole('button', { name: 'Save to development' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.locator('td.own').waitFor({ state: 'detached' });
    expect((await flagIn(key, 'development')).override).toMatchObject({ enabled: null });
    expect(await page.evaluate('document.activeElement.dataset.column')).toBe('2');
  });

  it('does nothing in a protected environment by one key: what is begun is shown for review', async () => {
    const key = await newFlag();
    await signIn(`/flags?q=${key}`);
    await cell(0, 0).focus();
    await page.keyboard.press(' ');
    const review = page.getByRole('dialog', { name: `${key} in production` });
    await review.getByText('If you save').waitFor();
    expect((await flagIn(key, 'production')).enabled).toBe(false);
    expect(await review.getByText('Protected').count()).toBe(1);
    await review.getByRole('button', { name: 'Save to production' }).click();
    await page.locator('td.own', { hasText: 'On' }).waitFor();
    expect((await flagIn(key, 'production')).enabled).toBe(true);
  });

  it('turns a flag off in production in two clicks', async () => {
    const key = await newFlag({ enabled: true });
    await signIn(`/flags/${key}`);
    await page.getByRole('button', { name: 'Turn off now…' }).click();
    await page.getByRole('button', { name: 'Turn off in production' }).click();
    await page.getByText('saved.').waitFor();
    expect((await flagIn(key, 'production')).enabled).toBe(false);
  });

  it('tells who changed what, in sentences', async () => {
    const key = await newFlag();
    await api.patch(`/api/admin/feature-flags/${key}`, { environment: 'staging', enabled: true, reason: 'beta test' });
    await signIn(`/history?flag=${key}`);
    const first = page.getByRole('listitem').first();
    await first.getByText(`bootstrap turned on ${key} in staging`).waitFor();
    await first.getByText('“beta test”').waitFor();
  });

  it('shows what others do without being asked, and keeps what is being edited', async () => {
    const [seen, edited] = [await newFlag(), await newFlag()];
    await signIn('/flags?q=j.flag');
    await page.getByText('live', { exact: false }).waitFor();
    await page.locator('tr', { hasText: edited }).locator('td').nth(1).click();
    await page.getByLabel('Enabled').click();
    await api.patch(`/api/admin/feature-flags/${seen}`, { environment: 'development', enabled: true });
    await api.patch(`/api/admin/feature-flags/${edited}`, { environment: 'staging', percentage: 50 });
    await page.getByText('Somebody has changed this flag while you were editing').waitFor();
    await page.locator('tr', { hasText: seen }).locator('td.own').waitFor();
    await page.getByRole('button', { name: 'Save to staging' }).click();
    await page
      .getByRole('dialog')
      .getByRole('alert')
      .filter({ hasText: /changed|moved|stands/ })
      .first()
      .waitFor();
    watched.complaints.length = 0; // the browser tells of the 412
    expect(await flagIn(edited, 'staging')).toMatchObject({ enabled: false, percentage: 50 });
  });

  it('works below a prefix that a proxy takes away', async () => {
    const { createServer, request } = await import('node:http');
    const proxy = createServer((asked, answer) => {
      const onward = request(
        `${server.url}${(asked.url ?? '').replace(/^\/tools\/flags/, '') || '/'}`,
        { method: asked.method, headers: asked.headers },
        (told) => {
          answer.writeHead(told.statusCode ?? 0, told.headers);
          told.pipe(answer);
        },
      );
      asked.pipe(onward);
    });
    await new Promise<void>((resolve) => { proxy.listen(0, '127.0.0.1', resolve); }); // prettier-ignore
    const { port } = proxy.address() as { port: number };
    const other = await openPage(browser, `http://127.0.0.1:${String(port)}/tools/flags/`);
    await other.page.goto(`http://127.0.0.1:${String(port)}/tools/flags/history`);
    await other.page.getByLabel('Admin token').fill(server.adminToken);
    await other.page.getByLabel('Admin token').press('Enter');
    await other.page.getByRole('heading', { name: 'History' }).waitFor();
    await other.page.getByRole('link', { name: 'Flags' }).click();
    await other.page.getByRole('grid').waitFor();
    expect(new URL(other.page.url()).pathname).toBe('/tools/flags/flags');
    await other.context.close();
    proxy.closeAllConnections();
    proxy.close();
    expect(other.complaints).toEqual([]);
  });

  it('runs nothing that somebody has written into a name', async () => {
    const hostile = '<img src=x onerror=document.title="owned"><script>document.title="owned"</script>{{7*7}}\u202e';
    const key = await newFlag({ name: hostile, description: hostile, owner: hostile.slice(0, 60), tags: ['<b>x</b>'] });
    await api.patch(`/api/admin/feature-flags/${key}`, { environment: 'staging', enabled: true, reason: hostile });
    await api.post('/api/admin/environments', { slug: 'hostile', name: hostile, parent: 'staging' });
    await signIn('/flags');
    for (const path of ['/flags', `/flags/${key}`, '/environments', '/history']) {
      await page.goto(server.url + path);
      await page.getByRole('navigation', { name: 'Flagtree' }).waitFor();
      await page.locator('td, li').first().waitFor();
      expect([path, await page.title(), await page.locator('main img, main script').count()]).toEqual([path, 'Flagtree', 0]);
    }
    await api.delete('/api/admin/environments/hostile');
  });

  it('shows a table of which only what can be seen exists, and reaches its ends by the keyboard', async () => {
    const flags = Array.from({ length: 200 }, (_, n) => ({ key: `many.flag_${String(n).padStart(3, '0')}`, type: 'boolean' }));
    const imported = await api.post('/api/admin/import', { format: 'flagtree', version: 2, flags });
    for (const { key } of imported.status === 200 ? [] : flags) await api.post('/api/admin/feature-flags', { key });
    await signIn('/flags?q=many.');
    await page.getByText('200 flags').waitFor();
    expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe('201');
    expect(await page.locator('tbody tr').count()).toBeLessThan(60);
    await cell(0, 0).focus();
    await page.keyboard.press('Control+End');
    await page.waitForFunction('document.activeElement.dataset.row === \"199\"');
    await page.keyboard.press('Control+Home');
    await page.waitForFunction('document.activeElement.dataset.row === \"0\"');
  });
});
