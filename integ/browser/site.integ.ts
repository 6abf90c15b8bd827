/// <reference lib="dom" />
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { findChromium, launch } from '../../testing/harness/chromium';
import { ROOT } from '../../testing/harness/process';
import { LONG } from '../../testing/selection';

const SITE = path.join(ROOT, 'build', 'site');
const HTML = path.join(SITE, 'html');
const SCREENS = { phone: { width: 390, height: 844 }, desktop: { width: 1440, height: 900 } };
const VARIANTS = (['light', 'dark'] as const).flatMap(theme =>
  (['phone', 'desktop'] as const).map(screen => [theme, screen] as const));
const TYPES: { readonly [end: string]: string } = {
  '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.png': 'image/png', '.woff2': 'font/woff2',
};

const executable = findChromium();

// Half a minute of a processor, for an installation of its own and the build: a long run's.
(LONG && executable ? describe : describe.skip)('the site of the documents in a browser', () => {
  let server: http.Server;
  let browser: Browser;
  let address: string;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    // A dead link is an error of the build.
    execFileSync(path.join(ROOT, 'node_modules', '.bin', 'tsx'), ['scripts/site.ts', 'build'], {
      cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'],
    });
    server = http.createServer((request, response) => {
      const { pathname } = new URL(request.url!, 'http://site');
      const file = path.join(HTML, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
      const isThere = fs.existsSync(file);
      response.writeHead(isThere ? 200 : 404, { 'content-type': TYPES[path.extname(file)] ?? 'text/plain' });
      response.end(isThere ? fs.readFileSync(file) : '');
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await launch(executable!);
  }, 600_000);

  afterEach(async () => page.context().close());

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  async function visit(what: string, theme: 'light' | 'dark', screen: keyof typeof SCREENS): Promise<void> {
    const context = await browser.newContext({ viewport: SCREENS[screen], colorScheme: theme });
    page = await context.newPage();
    complaints.splice(0);
    page.on('console', message => complaints.push(message.text()));
    page.on('pageerror', error => complaints.push(error.message));
    page.on('request', request => {
      if (!/^data:/.test(request.url()) && !request.url().startsWith(address)) { complaints.push(request.url()); }
    });
    await page.goto(`${address}/${what}`, { waitUntil: 'networkidle' });
  }

  /** What axe finds that keeps somebody from reading or using the page. */
  async function obstacles(): Promise<string[]> {
    await page.addScriptTag({ path: path.join(SITE, 'node_modules', 'axe-core', 'axe.min.js') });
    return page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
      };
      const { violations } = await axe.run();
      return violations.filter(({ impact }) => impact !== 'minor')
        .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(node => node.html).join(' ')}`);
    });
  }

  const pages = (): string[] => fs.readdirSync(HTML, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.html') && file !== '404.html').sort();

  /** What does not fit, and pictures that do not load. */
  async function faults(): Promise<string[]> {
    return page.evaluate(() => [
      ...document.documentElement.scrollWidth > innerWidth ? ['wider than the screen'] : [],
      ...[...document.images].filter(image => image.naturalWidth === 0).map(({ src }) => `no picture: ${src}`),
    ]);
  }

  // One of each kind: axe takes seconds for a page of tables.
  const EXAMINED = ['index.html', 'docs/operate.html', 'docs/options.html', 'docs/api/python/project.html'];

  test.each(VARIANTS)('every page is readable in the %s theme on a %s', async (theme, screen) => {
    await visit('', theme, screen);
    expect(pages()).toEqual(expect.arrayContaining(EXAMINED));
    for (const file of pages()) {
      await page.goto(`${address}/${file}`, { waitUntil: 'load' });
      const found = [...complaints.splice(0), ...await faults(), ...EXAMINED.includes(file) ? await obstacles() : []];
      expect({ file, found }).toEqual({ file, found: [] });
    }
  });

  test('themes differ', async () => {
    const colours: string[] = [];
    for (const theme of ['light', 'dark'] as const) {
      await visit('', theme, 'desktop');
      colours.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
    }
    expect(new Set(colours).size).toBe(2);
  });

  test('the navigation is the map of the front page', async () => {
    await visit('', 'light', 'desktop');
    const links = await page.locator('.VPSidebar a').evaluateAll(all => all.map(link => link.getAttribute('href')));
    const map = /^## Documents\n([^]*?)^## /m.exec(fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8'))![1];
    const documents = [...map.matchAll(/\]\(([^)]+)\.md\)/g)].map(([, document]) => `/${document}.html`);
    expect(documents.length).toBeGreaterThan(15);
    expect(documents.filter(document => !links.includes(document))).toEqual([]);
  });

  test('a word is found with the keyboard alone', async () => {
    await visit('', 'dark', 'desktop');
    await page.keyboard.press('Control+k');
    await page.locator('.VPLocalSearchBox input').pressSequentially('update-model-package');
    await page.locator('.VPLocalSearchBox .result').first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/operate/);
  });

  test('what has the focus is seen', async () => {
    await visit('', 'dark', 'desktop');
    for (let presses = 0; presses < 10; presses++) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)).toBe('solid');
    }
  });

  test('a link to a heading leads to it', async () => {
    await visit('docs/operate.html', 'light', 'desktop');
    await page.locator('a[href*="restore-what-a-deleted-stack-retained"]').first().click();
    await page.waitForURL(/#restore-what-a-deleted-stack-retained$/);
    expect(await page.locator('[id="restore-what-a-deleted-stack-retained"]').isVisible()).toBe(true);
  });
});
