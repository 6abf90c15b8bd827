/// <reference lib="dom" />
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { emptySections, misplacedTexts, overlappingSteps, reachingOut, weakContrasts } from './in-page';
import { writeReports } from './reports';
import type { Reports } from './reports';
import { findChromium, launch } from '../../testing/harness/chromium';

const KINDS = ['binary', 'multiclass', 'regression', 'missed', 'failed', 'stopped', 'many', 'classes'];
const SCREENS = { phone: { width: 360, height: 740 }, desktop: { width: 1440, height: 900 } };
const VARIANTS = (['light', 'dark'] as const).flatMap((theme) =>
  (['phone', 'desktop'] as const).map((screen) => [theme, screen] as const));
const SCREENSHOTS = process.env.REPORT_SCREENSHOTS ?? join(tmpdir(), 'run-report-screenshots');

const executable = findChromium();

(executable ? describe : describe.skip)('the run report in a browser', () => {
  let browser: Browser;
  let reports: Reports;
  const open: Page[] = [];

  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    reports = writeReports();
    browser = await launch(executable!);
  }, 120_000);

  afterEach(async () => {
    await Promise.all(open.splice(0).map((page) => page.context().close()));
  });

  afterAll(async () => {
    await browser?.close();
    reports?.remove();
  });

  async function visit(kind: string, theme: 'light' | 'dark', screen: keyof typeof SCREENS) {
    const context = await browser.newContext({ viewport: SCREENS[screen], colorScheme: theme });
    const page = await context.newPage();
    open.push(page);
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(reports.byKind[kind].url);
    return { page, requests, complaints };
  }

  describe.each(KINDS)('of a run of kind %s', (kind) => {
    test.each(VARIANTS)('is whole and readable in the %s theme on a %s', async (theme, screen) => {
      const { page, requests, complaints } = await visit(kind, theme, screen);
      await page.screenshot({ path: join(SCREENSHOTS, `${kind}-${theme}-${screen}.png`), fullPage: true });

      expect(requests).toEqual([reports.byKind[kind].url]);
      expect(complaints).toEqual([]);
      expect(await page.evaluate(reachingOut)).toEqual([]);
      expect(await page.evaluate(emptySections)).toEqual([]);
      expect(await page.evaluate(misplacedTexts)).toEqual([]);
      expect(await page.evaluate(overlappingSteps)).toEqual([]);
      expect(await page.locator('.graph .step').count()).toBe(reports.byKind[kind].steps);

      await page.evaluate(() => document.querySelectorAll('details').forEach((each) => { each.open = true; }));
      expect(await page.evaluate(weakContrasts)).toEqual([]);
      expect(await page.evaluate(reachingOut)).toEqual([]);
    });
  });

  test('themes differ, and each reaches the page', async () => {
    const colors = [];
    for (const theme of ['light', 'dark'] as const) {
      const { page } = await visit('binary', theme, 'desktop');
      colors.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
    }
    expect(colors).toEqual(['rgb(255, 255, 255)', 'rgb(16, 19, 24)']);
  });

  test('a log opens and closes with the keyboard alone', async () => {
    const { page } = await visit('binary', 'light', 'desktop');
    const summary = page.locator('#logs summary').first();
    for (let presses = 0; presses < 100
      && !(await summary.evaluate((element) => element === document.activeElement)); presses++) {
      await page.keyboard.press('Tab');
    }
    const log = page.locator('#logs details').first().locator('pre').first();
    expect(await log.isVisible()).toBe(false);
    expect(await summary.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
    await page.keyboard.press('Enter');
    expect(await log.isVisible()).toBe(true);
    expect(await log.innerText()).toContain('569 rows');
    await page.keyboard.press('Enter');
    expect(await log.isVisible()).toBe(false);
  });

  test('the log of the failed step is open, at its end, where the error stands', async () => {
    const { page } = await visit('failed', 'light', 'phone');
    const log = page.locator('#logs details[open] .log');
    expect(await log.count()).toBe(1);
    expect(await log.locator('pre').innerText()).toMatch(/TrainingError: column 'target' holds 3 classes/);
    const gap = await log.evaluate((box) =>
      box.querySelector('pre')!.getBoundingClientRect().bottom - box.getBoundingClientRect().bottom);
    expect(Math.abs(gap)).toBeLessThan(4);
  });

  test('a wide graph scrolls in its own box, and with the keyboard', async () => {
    const { page } = await visit('many', 'dark', 'phone');
    const box = page.locator('.canvas:has(.graph)');
    expect(await box.evaluate((element) => element.scrollWidth > element.clientWidth)).toBe(true);
    await box.focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => document.querySelector('.canvas:has(.graph)')!.scrollLeft > 0);
  });

  test('printed, it is light, shows the logs and stays on the paper', async () => {
    const { page } = await visit('failed', 'dark', 'desktop');
    await page.setViewportSize({ width: 700, height: 990 });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)');
    expect(await page.locator('#logs details:not([open]) pre').first().evaluate((pre) =>
      pre.getBoundingClientRect().height)).toBeGreaterThan(10);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(700);
    await page.evaluate(() => document.querySelectorAll('details').forEach((each) => { each.open = true; }));
    expect(await page.evaluate(weakContrasts)).toEqual([]);
  });

  test('nothing moves for those who asked for less motion', async () => {
    const { page } = await visit('binary', 'light', 'desktop');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const durations = await page.evaluate(() => [...document.querySelectorAll('*')]
      .flatMap((element) => [getComputedStyle(element), getComputedStyle(element, '::before')])
      .filter((style) => style.transitionDuration !== '0s' || style.animationName !== 'none').length);
    expect(durations).toBe(0);
  });
});
