import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Api } from '../support/api.js';
import { chromiumPath, launchBrowser } from '../support/browser.js';
import { startServer, type TestServer } from '../support/server.js';

const withBrowser = chromiumPath === null ? describe.skip : describe;

/** With `FLAGTREE_TEST_PICTURES=true` the pictures of the documentation are made anew. */
const PICTURES =
  process.env['FLAGTREE_TEST_PICTURES'] === 'true' ? fileURLToPath(new URL('../../docs/pictures/', import.meta.url)) : null;
/** Those that pages of the documentation show. */
const SHOWN = ['matrix', 'review', 'flag'];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

let server: TestServer;
let browser: Browser;

if (chromiumPath !== null) {
  beforeAll(async () => {
    server = await startServer();
    const api = await Api.of(server.url, server.adminToken);
    const flags = [
      { key: 'checkout.express', owner: 'payments', description: 'Pay without an account' },
      { key: 'search.beta', owner: 'search', enabled: true },
      { key: 'ui.banner', owner: 'web', type: 'string', variants: [{ key: 'sale', value: 'Winter sale' }, { key: 'none', value: '' }], defaultVariant: 'sale', offVariant: 'none', enabled: true }, // prettier-ignore
      { key: 'ui.dark_mode', owner: 'web' },
      { key: `${'very.long.'.repeat(8)}name`, owner: 'a team with quite a long name, in fact' },
    ];
    for (const flag of flags) await api.post('/api/admin/feature-flags', flag);
    await api.post('/api/admin/environments', { slug: 'eu-central-customer-preview', parent: 'production' });
    const set = (key: string, environment: string, rest: object) =>
      api.patch(`/api/admin/feature-flags/${key}`, { environment, ...rest });
    await set('checkout.express', 'staging', { enabled: true, percentage: 20, reason: 'first users' });
    await set('ui.dark_mode', 'development', { enabled: true });
    await set('search.beta', 'staging', {
      enabled: true,
      rules: [
        {
          id: 'testers',
          name: 'Testers',
          conditions: [{ attribute: 'plan', operator: 'in', values: ['beta'] }],
          serve: { variant: 'on' },
        },
      ],
    });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });
}

interface Look {
  colorScheme: 'light' | 'dark';
  width: number;
}

async function signedIn({ colorScheme, width }: Look): Promise<{ context: BrowserContext; page: Page }> {
  // axe is put into the page, which the policy forbids; that the policy holds is looked at elsewhere
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme,
    bypassCSP: true,
    reducedMotion: 'reduce',
    locale: 'en-US',
    timezoneId: 'UTC',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(server.url);
  await page.getByLabel('Admin token').fill(server.adminToken);
  await page.getByLabel('Admin token').press('Enter');
  await page.getByRole('navigation', { name: 'Flagtree' }).waitFor();
  return { context, page };
}

/** A screen, and how to get to it. */
const SCREENS: Record<string, (page: Page) => Promise<void>> = {
  matrix: async (page) => {
    await page.goto(`${server.url}/flags`);
    await page.locator('td[data-row]').first().waitFor();
  },
  review: async (page) => {
    await page.goto(`${server.url}/flags?q=checkout`);
    await page.locator('td[data-row="0"]').first().click();
    await page.getByLabel('Enabled').click();
    await page.getByText('If you save').waitFor();
  },
  flag: async (page) => {
    await page.goto(`${server.url}/flags/search.beta?env=staging`);
    await page.getByText('Testers: if plan in beta').waitFor();
    await page.getByRole('listitem').last().waitFor();
  },
  environments: async (page) => {
    await page.goto(`${server.url}/environments`);
    await page.getByRole('cell').first().waitFor();
  },
  history: async (page) => {
    await page.goto(`${server.url}/history`);
    await page.getByRole('listitem').first().waitFor();
  },
  'new-flag': async (page) => {
    await page.goto(`${server.url}/flags`);
    await page.getByRole('button', { name: 'New flag' }).click();
    await page.getByRole('dialog').waitFor();
  },
};

const violationsIn = async (page: Page): Promise<string[]> => {
  await page.evaluate(AXE);
  return page.evaluate(
    `axe.run({ runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ target, failureSummary }) => target + ' ' + failureSummary).join(' | ')))`,
  );
};

/** Pairs of texts in one cell that lie over each other, and texts that leave their cell. */
const OVERLAPS = `[...document.querySelectorAll('td[data-row], th.flag > div, thead th > div')].flatMap((cell) => {
  const frame = cell.getBoundingClientRect();
  const texts = [...cell.querySelectorAll('b, small, i, em, span, a')].filter((one) => one.textContent.trim() !== '' && !one.querySelector('*'));
  const boxes = texts.map((one) => ({ text: one.textContent, box: one.getBoundingClientRect() }));
  const out = boxes.filter(({ box }) => box.right > frame.right + 1 || box.left < frame.left - 1 || box.bottom > frame.bottom + 1);
  const over = boxes.flatMap((a, at) => boxes.slice(at + 1).filter((b) =>
    Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left) > 1 && Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top) > 2));
  return [...out, ...over].map(({ text }) => text + ' in ' + cell.textContent);
})`;

withBrowser('each screen', () => {
  it.each<Look>([
    { colorScheme: 'light', width: 1280 },
    { colorScheme: 'dark', width: 1280 },
    { colorScheme: 'light', width: 320 },
    { colorScheme: 'dark', width: 320 },
  ])('can be read by everybody: %j', async (look) => {
    const { context, page } = await signedIn(look);
    for (const [name, show] of Object.entries(SCREENS)) {
      await show(page);
      expect([name, await violationsIn(page)]).toEqual([name, []]);
      expect([name, await page.evaluate(OVERLAPS)]).toEqual([name, []]);
      expect([name, await page.evaluate('document.documentElement.scrollWidth <= innerWidth')]).toEqual([name, true]);
      if (PICTURES !== null && look.width === 1280 && SHOWN.includes(name)) {
        mkdirSync(PICTURES, { recursive: true });
        const suffix = look.colorScheme === 'dark' ? '-dark' : '';
        await page.screenshot({ path: join(PICTURES, `${name}${suffix}.png`) });
      }
      if (await page.getByRole('dialog').count()) await page.keyboard.press('Escape');
    }
    await context.close();
  });
});
