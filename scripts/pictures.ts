/**
 * Takes the pictures of the front page from a repository that was made and run: the report of its newest local run and
 * the delivery that its README draws.
 * Usage, after `npm run demo`: npx tsx --tsconfig tsconfig.dev.json scripts/pictures.ts demo/breast-cancer
 *
 * Needs a Chromium, and npm for mermaid, which nothing else here uses.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Browser } from 'playwright-core';
import { findChromium, launch } from '../testing/harness/chromium';

const IMAGES = path.join(__dirname, '..', 'docs', 'images');
const MERMAID = 'mermaid@11.12.1';
/** What a page on a forge shows without being scaled down. */
const [WIDTH, HEIGHT] = [1100, 700];

async function main([repository]: readonly string[]): Promise<void> {
  const executable = findChromium();
  if (!repository || !executable) { throw new Error('usage: pictures.ts REPOSITORY, with a Chromium on the PATH'); }
  fs.mkdirSync(IMAGES, { recursive: true });
  const browser = await launch(executable);
  try {
    await report(browser, newestReport(repository));
    await delivery(browser, deliveryDiagram(repository));
  } finally {
    await browser.close();
  }
}

function newestReport(repository: string): string {
  const runs = path.join(repository, '.local', 'runs');
  const newest = fs.readdirSync(runs).sort().reverse().find(run => fs.existsSync(path.join(runs, run, 'report.html')));
  if (!newest) { throw new Error(`${runs}: no run with a report`); }
  return path.resolve(runs, newest, 'report.html');
}

/** The last diagram of a generated README is that of its delivery. */
function deliveryDiagram(repository: string): string {
  const text = fs.readFileSync(path.join(repository, 'README.md'), 'utf8');
  const last = [...text.matchAll(/```mermaid\n([^]*?)```/g)].pop();
  if (!last) { throw new Error(`${repository}/README.md: no diagram`); }
  return last[1];
}

async function report(browser: Browser, file: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: WIDTH, height: HEIGHT }, colorScheme: 'light' });
  await page.goto(`file://${file}`);
  await page.screenshot({ path: path.join(IMAGES, 'report.png') });
}

async function delivery(browser: Browser, diagram: string): Promise<void> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'mermaid-'));
  try {
    execFileSync('npm', ['install', '--silent', '--no-save', '--prefix', home, MERMAID], { stdio: 'inherit' });
    const page = await browser.newPage({ viewport: { width: WIDTH, height: HEIGHT }, deviceScaleFactor: 2 });
    await page.setContent('<pre class="mermaid" style="margin: 0; background: white"></pre>');
    await page.locator('.mermaid').evaluate((element, text) => { element.textContent = text; }, diagram);
    await page.addScriptTag({ path: path.join(home, 'node_modules', 'mermaid', 'dist', 'mermaid.min.js') });
    await page.evaluate('mermaid.initialize({ startOnLoad: false, theme: "neutral" }); mermaid.run()');
    await page.locator('.mermaid').screenshot({ path: path.join(IMAGES, 'delivery.png') });
  } finally {
    fs.rmSync(home, { recursive: true });
  }
}

void main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
