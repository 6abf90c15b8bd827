import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Project } from 'projen';
import { SyncedFile, type SyncedFileOptions } from '../../src/project/synced-file';
import { SyncedJson } from '../../src/project/synced-json';
import type { JsonObject } from '../../src/sync/merge-by-key';

let directory: string;
beforeEach(() => {
  process.env.PROJEN_DISABLE_POST = 'true';
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'synced-'));
});
afterEach(() => { fs.rmSync(directory, { recursive: true }); });
const at = (file: string): string => path.join(directory, file);

function synthFile(file: string, options: SyncedFileOptions): void {
  const project = new Project({ name: 'p', outdir: directory });
  new SyncedFile(project, file, options);
  project.synth();
}

function synthJson(content: JsonObject): string[] {
  const project = new Project({ name: 'p', outdir: directory });
  const warnings: string[] = [];
  jest.spyOn(project.logger, 'warn').mockImplementation((...text: unknown[]) => { warnings.push(text.join(' ')); });
  new SyncedJson(project, 'config/p.json', content);
  project.synth();
  return warnings;
}

test('a synced file works in any projen project and is written once', () => {
  synthFile('a/b.sh', { content: 'one', executable: true });
  expect((fs.statSync(at('a/b.sh')).mode % 0o1000).toString(8)).toBe('755');
  fs.writeFileSync(at('a/b.sh'), 'mine');
  synthFile('a/b.sh', { content: 'two' });
  expect(fs.readFileSync(at('a/b.sh'), 'utf8')).toBe('mine');
});

test('a file is copied byte for byte', () => {
  fs.writeFileSync(at('source'), Buffer.from([0, 255, 13, 10]));
  synthFile('copy', { sourcePath: at('source') });
  expect([...fs.readFileSync(at('copy'))]).toEqual([0, 255, 13, 10]);
});

test('a dangling link of the user is left alone', () => {
  fs.symlinkSync('nowhere', at('link'));
  synthFile('link', { content: 'x' });
  expect(fs.readlinkSync(at('link'))).toBe('nowhere');
});

test.each([['../out', { content: 'x' }], ['/abs', { content: 'x' }], ['a', {}], ['a', { content: 'x', sourcePath: '/x' }]])('%s with %j is refused', (file, options) => {
  expect(() => synthFile(file, options)).toThrow(/^synced file /);
});

test('an edited key stays, a changed option flows in, a clash is reported once', () => {
  expect(synthJson({ a: 1, b: 1, c: 1 })).toEqual([]);
  fs.writeFileSync(at('config/p.json'), JSON.stringify({ a: 1, b: 5, c: 5 }));
  expect(synthJson({ a: 2, b: 1, c: 2 })).toEqual(['config/p.json: c is 5 by hand, the options now say 2; kept the former.']);
  expect(JSON.parse(fs.readFileSync(at('config/p.json'), 'utf8'))).toEqual({ a: 2, b: 5, c: 5 });
  expect(synthJson({ a: 2, b: 1, c: 2 })).toEqual([]);
});

test('with the memory lost every value counts as the user\'s', () => {
  synthJson({ a: 1 });
  fs.rmSync(at('.projen/sync'), { recursive: true });
  expect(synthJson({ a: 2 })).toHaveLength(1);
  expect(JSON.parse(fs.readFileSync(at('config/p.json'), 'utf8'))).toEqual({ a: 1 });
});

test('a file that is no JSON is left as it is', () => {
  synthJson({ a: 1 });
  fs.writeFileSync(at('config/p.json'), '{ broken');
  expect(synthJson({ a: 2 })).toEqual([expect.stringContaining('is not a JSON object')]);
  expect(fs.readFileSync(at('config/p.json'), 'utf8')).toBe('{ broken');
});
