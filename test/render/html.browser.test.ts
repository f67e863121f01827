import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { headline } from '../../src/render/headline.js';
import { renderHtml } from '../../src/render/html.js';
import { openBrowser } from '../support/browser.js';
import { madeStatement, ORDINARY } from '../support/made-statement.js';

const LONG = 'International procurement, facilities and subsidiaries';
const STATEMENT = madeStatement({
  ...ORDINARY,
  functions: ORDINARY.functions.map((entry) => (entry.id === 'hr' ? { ...entry, name: LONG } : entry)),
  parts: [...ORDINARY.parts, ['line', 'Lhostile00001', '<script>document.title="owned"</script>', 'it', 'sales', 700]],
});
const PAGE = 'https://statement.example/';

describe('the page in a browser', () => {
  let browser: Browser;
  let page: Page;
  const requests: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.route('**/*', async (route) => {
      const url = route.request().url();
      if (url === PAGE) return route.fulfill({ body: renderHtml(STATEMENT), contentType: 'text/html; charset=utf-8' });
      requests.push(url);
      return route.abort();
    });
    await page.goto(PAGE);
  });

  afterAll(async () => {
    await browser.close();
  });

  it('asks the network for nothing and complains of nothing', () => {
    // A browser asks for an icon by itself; the page names none.
    expect(requests.filter((url) => !url.endsWith('/favicon.ico'))).toEqual([]);
    expect(complaints.filter((text) => !text.includes('favicon') && !text.includes('net::ERR_FAILED'))).toEqual([]);
  });

  it('runs nothing that a payee brought along', async () => {
    expect(await page.title()).toContain('technology spend shift');
    expect(await page.locator('script').count()).toBe(0);
    expect(await page.locator('body').innerText()).toContain('<script>document.title="owned"</script>');
  });

  it('shows the headline and every function', async () => {
    const text = (await page.locator('main').innerText()).replace(/\s+/g, ' ');
    for (const sentence of headline(STATEMENT)) expect(text).toContain(sentence);
    for (const row of STATEMENT.functions) {
      expect(await page.locator('#shares th', { hasText: row.name }).first().isVisible()).toBe(true);
    }
  });

  it('draws every chart, described in words', async () => {
    const charts = page.locator('svg[role="img"]:visible');
    const changed = STATEMENT.functions.filter((row) => row.change !== 0n).length;
    expect(await charts.count()).toBe(2 + changed);
    for (const chart of await charts.all()) {
      expect((await chart.getAttribute('aria-label'))?.length).toBeGreaterThan(20);
      expect(await chart.locator('path, rect').count()).toBeGreaterThan(1);
      expect((await chart.boundingBox())?.height).toBeGreaterThan(40);
    }
  });

  it.each([1200, 800, 390])('does not scroll sideways at %s pixels', async (width) => {
    await page.setViewportSize({ width, height: 900 });
    const widths = await page.evaluate('[document.documentElement.scrollWidth, window.innerWidth]');
    expect(widths).toEqual([width, width]);
  });

  it('has tables that fit a wide screen', async () => {
    await page.setViewportSize({ width: 1200, height: 900 });
    const cut = await page.evaluate(
      '[...document.querySelectorAll(".scroll")].filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.ariaLabel)',
    );
    expect(cut).toEqual([]);
  });

  it('is light and whole on paper, also for a reader who prefers dark', async () => {
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.setViewportSize({ width: 680, height: 960 });
    const colors = await page.evaluate(
      '[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]',
    );
    expect(colors).toEqual(['rgb(255, 255, 255)', 'rgb(29, 37, 41)']);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(680);
    await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
  });
});
