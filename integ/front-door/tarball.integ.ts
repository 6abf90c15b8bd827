import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { userEnvironment } from '../../testing/harness/environment';
import { packedPackages } from '../../testing/harness/packages';
import { ROOT, run } from '../../testing/harness/process';
import { removeTemporary, temporaryDirectory } from '../../testing/harness/temporary';

const packages = packedPackages();
let unpacked: string;
let files: string[];

beforeAll(async () => {
  unpacked = temporaryDirectory('tarball');
  await run('tar', ['-xzf', packages.tarball, '-C', unpacked], { cwd: unpacked, env: userEnvironment() });
  const root = path.join(unpacked, 'package');
  files = fs.readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort();
});

afterAll(removeTemporary);

function tracked(...directories: string[]): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...directories], {
    cwd: ROOT, encoding: 'utf8',
  });
  return listed.split('\n').filter(file => file !== '' && fs.existsSync(path.join(ROOT, file)));
}

test('the tarball holds every template, every tool and the whole runner, and of these directories nothing else', () => {
  const tools = tracked('tools').filter(file => /^tools\/[^/]+\//.test(file) && !file.startsWith('tools/tests/'));
  const expected = [...tools, ...tracked('templates', 'runner/local_runner', 'monitor/model_monitor')]
    .filter(file => !/^templates\/data\/.*\.py$/.test(file));
  expect(files.filter(file => /^(templates|tools|runner|monitor)\//.test(file))).toEqual(expected.sort());
});

test('the tarball holds the compiled sources, the command line, the options, the assembly and what npm adds, and '
  + 'nothing else', () => {
  const compiled = tracked('src').map(file => file.replace(/^src\//, 'lib/')).flatMap(file =>
    (file.endsWith('.ts') ? ['.js', '.d.ts'].map(end => file.replace(/\.ts$/, end)) : [file]));
  const rest = files.filter(file => !/^(templates|tools|runner|monitor|node_modules)\//.test(file));
  expect(rest.filter(file => file.startsWith('lib/'))).toEqual(compiled.sort());
  expect(rest.filter(file => !file.startsWith('lib/'))).toEqual([
    '.jsii', 'CHANGELOG.md', 'LICENSE', 'README.md', 'bin/sagemaker-cicd-projen', 'docs/options.md',
    ...tracked('examples'), 'package.json',
  ].sort());
  expect(fs.statSync(path.join(unpacked, 'package', 'bin', 'sagemaker-cicd-projen')).mode & 0o111).not.toBe(0);
});

test('the tarball brings the libraries that jsii cannot depend on, and no source maps of its own', () => {
  expect([...new Set(files.filter(file => file.startsWith('node_modules/')).map(file =>
    file.split('/')[1]))].sort()).toEqual(['jsonc-parser', 'picomatch', 'toml-eslint-parser']);
  const mapped = files.filter(file => file.startsWith('lib/')
    && fs.readFileSync(path.join(unpacked, 'package', file), 'utf8').includes('sourceMappingURL=data:'));
  expect(mapped).toEqual([]);
});

test('no published file names a machine\'s directory or a registry', () => {
  const registry = new URL(execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim()).host;
  const forbidden = [ROOT, os.homedir(), unpacked, `//${registry}`, ...packageIndex().map(index => `//${index}`)];
  const found = files.flatMap(file => {
    const text = withSourceMap(fs.readFileSync(path.join(unpacked, 'package', file), 'utf8'));
    return forbidden.filter(word => text.includes(word)).map(word => `${file}: ${word}`);
  });
  expect(found).toEqual([]);
});

/** The host of the package index, where this machine's Python brings pip along. */
function packageIndex(): string[] {
  const code = 'import pip._internal.models.index as index; print(index.PyPI.netloc)';
  const found = spawnSync('python3', ['-c', code], { encoding: 'utf8' });
  return found.status === 0 ? [found.stdout.trim()] : [];
}

/** The text with its inline source map decoded, where paths could hide. */
function withSourceMap(text: string): string {
  return text.replace(/base64,([A-Za-z0-9+/=]+)/g, (_, map: string) => Buffer.from(map, 'base64').toString('utf8'));
}

test('the tarball is smaller than 1.9 MB and the wheel smaller than 2.1 MB', () => {
  expect(fs.statSync(packages.tarball).size).toBeLessThan(1_900_000);
  expect(fs.statSync(packages.wheel).size).toBeLessThan(2_100_000);
});

test('npm and Python know the package by the same name and version', async () => {
  const manifest = JSON.parse(fs.readFileSync(path.join(unpacked, 'package', 'package.json'), 'utf8')) as {
    name: string; version: string;
  };
  const script = 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.read(next(n for n in z.namelist() if '
    + 'n.endswith("/METADATA"))).decode())';
  const metadata =
    (await run('python3', ['-c', script, packages.wheel], { cwd: unpacked, env: userEnvironment() })).stdout;
  expect(manifest).toMatchObject({ name: 'sagemaker-cicd-projen', version: packages.version });
  expect(metadata).toMatch(/^Name: sagemaker[-_]cicd[-_]projen$/m);
  expect(metadata).toContain(`\nVersion: ${manifest.version}\n`);
  expect(path.basename(packages.wheel)).toBe(`sagemaker_cicd_projen-${manifest.version}-py3-none-any.whl`);
});
