/// <reference lib="dom" />
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { emptySections, misplacedTexts, reachingOut, weakContrasts } from './in-page';
import { findChromium, launch } from '../../testing/harness/chromium';

const SCREENS = { phone: { width: 360, height: 740 }, desktop: { width: 1440, height: 900 } };
const VARIANTS = (['light', 'dark'] as const).flatMap(theme =>
  (['phone', 'desktop'] as const).map(screen => [theme, screen] as const));
const SCREENSHOTS = process.env.REPORT_SCREENSHOTS ?? join(tmpdir(), 'run-report-screenshots');

const executable = findChromium();

(executable ? describe : describe.skip)('the page of the monitor in a browser', () => {
  let browser: Browser;
  let directory: string;

  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    directory = mkdtempSync(join(tmpdir(), 'monitor-page-'));
    execFileSync('python3', ['-m', 'tests.report.make_monitor_page', directory], {
      cwd: resolve(__dirname, '../../runner'),
    });
    browser = await launch(executable!);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  describe.each(['drifted', 'few', 'calm'])('of rows that are %s', (kind) => {
    test.each(VARIANTS)('is whole and readable in the %s theme on a %s', async (theme, screen) => {
      const context = await browser.newContext({ viewport: SCREENS[screen], colorScheme: theme });
      try {
        const page = await context.newPage();
        const requests: string[] = [];
        const complaints: string[] = [];
        page.on('request', request => requests.push(request.url()));
        page.on('console', message => complaints.push(message.text()));
        page.on('pageerror', error => complaints.push(error.message));
        const url = pathToFileURL(join(directory, `${kind}.html`)).href;
        await page.goto(url);
        await page.screenshot({ path: join(SCREENSHOTS, `monitor-${kind}-${theme}-${screen}.png`), fullPage: true });
        expect(requests).toEqual([url]);
        expect(complaints).toEqual([]);
        for (const look of [reachingOut, emptySections, misplacedTexts, weakContrasts]) {
          expect(await page.evaluate(look)).toEqual([]);
        }
        const order = await page.evaluate(() => [...document.querySelectorAll('section')].map(each => each.id));
        expect(order).toEqual(['violations', 'columns', 'distributions', 'data']);
      } finally {
        await context.close();
      }
    });
  });
});
