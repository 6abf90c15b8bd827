/**
 * Makes a site of the documents: `tsx scripts/site.ts build` writes `build/site/html`, `preview` serves it on this
 * machine. Further arguments are VitePress's own, such as `--base /docs/`.
 *
 * The pages are the ones that the forge shows. They are copied beside VitePress, whose packages come from a lock file
 * of its own (`site/package-lock.json`) and are installed here alone.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { navigation } from './site/navigation';
import { pages, Publisher } from './site/pages';

const ROOT = path.resolve(__dirname, '..');
const SITE = path.join(ROOT, 'build', 'site');

function main([command, ...args]: readonly string[]): void {
  if (command !== 'build' && command !== 'preview') { throw new Error('usage: site.ts build | preview [arguments]'); }
  if (command === 'build') { prepare(); }
  run(path.join('node_modules', '.bin', 'vitepress'), [command, '.', ...args]);
  if (command === 'build') { process.stdout.write(`The site is in ${path.join('build', 'site', 'html')}.\n`); }
}

/** Everything that VitePress needs. */
function prepare(): void {
  const { description, repository } = JSON.parse(read('package.json')) as {
    description: string; repository: { url: string };
  };
  const address = repository.url.replace(/\.git$/, '');
  const publisher = new Publisher(ROOT, address);
  fs.rmSync(path.join(SITE, 'pages'), { recursive: true, force: true });
  for (const page of pages(ROOT)) { write(path.join('pages', publisher.file(page)), publisher.text(page)); }
  fs.cpSync(path.join(ROOT, 'docs', 'images'), path.join(SITE, 'pages', 'docs', 'images'), { recursive: true });
  const sidebar = navigation(read('README.md'));
  write('navigation.json', JSON.stringify({ sidebar, repository: address, description }));
  install();
}

function install(): void {
  const lock = fs.readFileSync(path.join(ROOT, 'site', 'package-lock.json'), 'utf8');
  const installed = path.join(SITE, 'node_modules', '.installed');
  fs.cpSync(path.join(ROOT, 'site'), SITE, { recursive: true, filter: file => !file.includes('node_modules') });
  if (fs.existsSync(installed) && fs.readFileSync(installed, 'utf8') === lock) { return; }
  run('npm', ['ci', '--no-audit', '--no-fund']);
  fs.writeFileSync(installed, lock);
}

function run(program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, { cwd: SITE, stdio: 'inherit' });
  if (error || status !== 0) { throw new Error(`${[program, ...args].join(' ')} failed`, { cause: error }); }
}

const read = (file: string): string => fs.readFileSync(path.join(ROOT, file), 'utf8');

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(SITE, file)), { recursive: true });
  fs.writeFileSync(path.join(SITE, file), text);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
