import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CuttableLink } from '../../../test/evaluation/cuttable-link.js';
import { editFlag, makeFlag } from '../../../test/evaluation/steps.js';
import { Api } from '../../../test/support/api.js';
import { type Browser, type BrowserContext, launchChromium, noChromium, type Page } from '../../../test/support/chromium.js';
import { startServer, type TestServer } from '../../../test/support/server.js';
import { until } from '../../../test/support/until.js';
import { type ServedPage, servePage } from './page/serve-page.js';

/** Browsers start slowly on a machine that does much else. */
const PATIENCE_MS = 60_000;

(noChromium === null ? describe : describe.skip)(`a page in Chromium (${noChromium ?? 'found'})`, () => {
  let server: TestServer;
  let admin: Api;
  let served: ServedPage;
  let link: CuttableLink;
  let browser: Browser;
  let context: BrowserContext;
  let streams: string[];
  let complaints: string[];

  beforeAll(async () => {
    served = await servePage();
    server = await startServer({ env: { FLAGTREE_CORS_ORIGINS: served.origin, FLAGTREE_BROWSER_RATE: '0' } });
    admin = await Api.of(server.url, server.adminToken);
    link = await CuttableLink.to(server.url);
    const variants = ['morning', 'evening', 'night'].map((key) => ({ key, value: `Good ${key}` }));
    await makeFlag(admin, 'title', { type: 'string', variants, defaultVariant: 'morning', tags: ['web'] });
    const asked = { name: 'page', kind: 'browser', environments: ['production'], flagTags: ['web'] };
    const { token } = (await admin.post('/api/admin/tokens', asked)).body as { token: string };
    served.settings = { url: link.url.replace(/\/$/, ''), token };
    browser = await launchChromium();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    served.close();
    await server.stop();
  });

  beforeEach(async () => {
    context = await browser.newContext();
    streams = [];
    complaints = [];
  });
  afterEach(async () => {
    await context.close();
    await editFlag(admin, 'title', { defaultVariant: 'morning' });
  });

  async function open(): Promise<Page> {
    const page = await context.newPage();
    page.on('request', (request) => {
      if (request.resourceType() === 'eventsource') streams.push(request.url());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    await page.goto(served.origin);
    return page;
  }

  const says = (page: Page, text: string) =>
    until(async () => (await page.textContent('#page')) === text, `"${text}" in the page`, PATIENCE_MS);
  const isIn = (page: Page, state: string) =>
    until(async () => (await page.getAttribute('#page', 'data-state')) === state, `the state ${state}`, PATIENCE_MS);
  const reasonIn = (page: Page) => page.evaluate<string>("flags.details('title', '').reason");

  it('starts cold, within its policy and under StrictMode, and hears of changes [001-29]', async () => {
    const page = await open();
    await says(page, 'Good morning');
    await isIn(page, 'ready');
    expect(await reasonIn(page)).toBe('STATIC');
    await until(() => streams.length > 0, 'the event stream', PATIENCE_MS);
    await editFlag(admin, 'title', { defaultVariant: 'evening' });
    await says(page, 'Good evening');
    expect(complaints).toEqual([]);
    expect(streams).toHaveLength(1);
  }, 180_000);

  it('starts from what an earlier visit left when the server is gone, and says so', async () => {
    const page = await open();
    await says(page, 'Good morning');
    await isIn(page, 'ready');
    await link.cut();
    try {
      await page.reload();
      await says(page, 'Good morning');
      expect(await reasonIn(page)).toBe('CACHED');
      await isIn(page, 'stale');
    } finally {
      await link.join();
    }
    await isIn(page, 'ready');
    expect(await reasonIn(page)).toBe('STATIC');
  }, 180_000);

  it('keeps its values offline, and asks at once when the network is back', async () => {
    const page = await open();
    await isIn(page, 'ready');
    await context.setOffline(true);
    await editFlag(admin, 'title', { defaultVariant: 'night' });
    expect(await page.textContent('#page')).toBe('Good morning');
    await context.setOffline(false);
    await says(page, 'Good night');
  }, 180_000);

  it('has one event stream for eight tabs, and another tab takes it over', async () => {
    const tabs: Page[] = [];
    for (let count = 0; count < 8; count++) tabs.push(await open());
    for (const tab of tabs) await isIn(tab, 'ready');
    await until(() => streams.length > 0, 'the event stream', PATIENCE_MS);
    await editFlag(admin, 'title', { defaultVariant: 'evening' });
    for (const tab of tabs) await says(tab, 'Good evening');
    expect(streams).toHaveLength(1);
    await tabs[0]?.close();
    await until(() => streams.length === 2, 'the event stream of another tab', PATIENCE_MS);
    await editFlag(admin, 'title', { defaultVariant: 'night' });
    for (const tab of tabs.slice(1)) await says(tab, 'Good night');
    expect(streams).toHaveLength(2);
  }, 300_000);
});
