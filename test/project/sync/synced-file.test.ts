import * as fs from 'node:fs';
import { JsonFile, Project, TextFile } from 'projen';
import { file, synthIn, V1 } from './any-project';
import { declareUserOwned } from '../../../src/project/sync/ownership';
import { SyncedDirectory } from '../../../src/project/sync/synced-directory';
import { MergeStrategy } from '../../../src/project/sync/synced-file';
import { projectDirectory } from '../../../testing/project-directory';

const directory = projectDirectory();
const { at, read, write } = directory;

const synth = (fill: (project: Project) => void): string[] => synthIn(directory, fill);

test('a synced file works in any projen project, and plain updates are not worth a word', () => {
  expect(synth(file('a/b.sh', { content: 'one\n', executable: true }))).toEqual([]);
  expect((fs.statSync(at('a/b.sh')).mode % 0o1000).toString(8)).toBe('755');
  expect(synth(file('a/b.sh', { content: 'two\n', executable: true }))).toEqual([]);
  expect(read('a/b.sh')).toBe('two\n');
});

test('a file is copied byte for byte', () => {
  write('source', '');
  fs.writeFileSync(at('source'), Buffer.from([0, 255, 13, 10]));
  synth(file('copy', { sourcePath: at('source') }));
  expect([...fs.readFileSync(at('copy'))]).toEqual([0, 255, 13, 10]);
});

test('a dangling link of the user is left alone', () => {
  fs.symlinkSync('nowhere', at('link'));
  synth(file('link', { content: 'x' }));
  expect(fs.readlinkSync(at('link'))).toBe('nowhere');
});

test.each([
  ['../out', { content: 'x' }], ['/abs', { content: 'x' }], ['a/../..', { content: 'x' }], ['.', { content: 'x' }],
  ['a', {}], ['a', { content: 'x', sourcePath: '/x' }],
  ['a', { content: 'x', previousPaths: ['../b'] }], [`a/${'ä'.repeat(119)}`, { content: 'x' }],
])('%s with %j is refused', (name, options) => {
  expect(() => synth(file(name, options))).toThrow(/^synced file /);
  expect(fs.readdirSync(directory.path)).not.toContain('a');
});

test('two synced files of one path are refused', () => {
  expect(() => synth(project => {
    file('a', { content: 'x' })(project);
    file('./a', { content: 'y' })(project);
  })).toThrow('has a synced file of this path already');
});

test('a merge is told, with what else there is to say', () => {
  synth(file('f', { content: V1 }));
  write('f', V1.replace('five', 'fünf'));
  const told = synth(file('f', { content: V1.replace('one', 'ONE') }));
  expect(told).toEqual(['synced files: 1 merged', '  merged     f: your changes and the project\'s are both in it']);
  expect(read('f')).toBe(V1.replace('one', 'ONE').replace('five', 'fünf'));
});

test('a conflict is an error at the very end: everything else has been written', () => {
  const both = (content: string) => (project: Project) => {
    file('f', { content })(project);
    new JsonFile(project, 'managed.json', { obj: { content } });
  };
  synth(both(V1));
  write('f', V1.replace('two', 'zwei'));
  const error = (() => {
    try { synth(both(V1.replace('two', 'TWO'))); return undefined; } catch (thrown) { return thrown as Error; }
  })();
  expect(error?.message).toBe([
    'One file was changed by you and by the project in the same place.',
    '  - f: choose between <<<<<<< yours and >>>>>>> generated, and remove the marker lines (your original version: '
      + '.projen/conflicts/f)',
    'Then run projen again. Everything else is up to date.',
  ].join('\n'));
  expect(error?.stack).not.toMatch(/\n\s+at /);
  expect(read('managed.json')).toContain('TWO');
  expect(read('.projen/conflicts/f')).toBe(V1.replace('two', 'zwei'));
  expect(() => synth(both(V1.replace('two', 'TWO')))).toThrow('One file was changed');
  write('f', V1.replace('two', 'both'));
  expect(synth(both(V1.replace('two', 'TWO')))).toEqual([]);
});

test('a synth that is refused has touched nothing', () => {
  synth(project => { file('f', { content: V1 })(project); new TextFile(project, 'managed.txt', { lines: ['one'] }); });
  const before = fs.readdirSync(directory.path, { recursive: true }).sort();
  fs.writeFileSync(at('.projen/sync.lock'), JSON.stringify({ pid: 1, host: 'elsewhere', since: 'then' }));
  expect(() => synth(file('f', { content: 'two\n' }))).toThrow('Another synth is running');
  fs.rmSync(at('.projen/sync.lock'));
  expect(fs.readdirSync(directory.path, { recursive: true }).sort()).toEqual(before);
  expect([read('f'), read('managed.txt')]).toEqual([V1, 'one']);
});

describe('JSON that both write', () => {
  const json = (value: object) => file('config/p.json', { content: `${JSON.stringify(value, null, 2)}\n` });

  test('an edited key stays, a changed option flows in, a clash is told once', () => {
    synth(json({ a: 1, b: 1, c: 1 }));
    write('config/p.json', '{ "a": 1, // mine\n  "b": 5, "c": 5 }\n');
    expect(synth(json({ a: 2, b: 1, c: 2 })).join('\n')).toContain(
      'config/p.json: c is 5 in your file, 2 in the options; yours was kept',
    );
    expect(read('config/p.json')).toBe('{ "a": 2, // mine\n  "b": 5, "c": 5 }\n');
    expect(synth(json({ a: 2, b: 1, c: 2 }))).toEqual([]);
  });

  test('with the memory lost all of it is the user\'s', () => {
    synth(json({ a: 1 }));
    fs.rmSync(at('.projen/sync'), { recursive: true });
    expect(synth(json({ a: 2 })).join('\n')).toContain(
      'kept       config/p.json: this project did not write it, so it is yours',
    );
    expect(JSON.parse(read('config/p.json'))).toEqual({ a: 1 });
  });

  test('that is broken is left as it is until it is mended', () => {
    synth(json({ a: 1 }));
    write('config/p.json', '{ broken');
    expect(synth(json({ a: 2 })).join('\n')).toContain(
      'config/p.json is not valid JSON; it stays unchanged until you fix it',
    );
    write('config/p.json', '{ "a": 1, "mine": 1 }');
    synth(json({ a: 2 }));
    expect(read('config/p.json')).toBe('{ "a": 2, "mine": 1 }');
  });

  test('is merged by line when that is asked for', () => {
    synth(file('p.json', { content: '[\n1,\n2\n]\n', merge: MergeStrategy.LINES }));
    write('p.json', '[\n0,\n1,\n2\n]\n');
    synth(file('p.json', { content: '[\n1,\n2\n]\n\n', merge: MergeStrategy.LINES }));
    expect(read('p.json')).toBe('[\n0,\n1,\n2\n]\n\n');
  });
});

describe('a generated file', () => {
  const generated = (line: string, owned: string[] = []) => (project: Project) => {
    declareUserOwned(project, owned);
    file('synced', { content: V1 })(project);
    if (line !== '') { new TextFile(project, 'g.txt', { lines: [line] }); }
  };
  const edit = (text: string) => { fs.chmodSync(at('g.txt'), 0o644); write('g.txt', text); };

  test.each(['two', ''])('that was edited by hand is overwritten or removed (%j), and the edit is kept beside and told '
    + 'of', next => {
    synth(generated('one'));
    edit('mine');
    expect(synth(generated(next)).join('\n')).toContain(
      'replaced   g.txt: it is generated; your version is in .projen/conflicts/g.txt',
    );
    expect(read('.projen/conflicts/g.txt')).toBe('mine');
    expect(directory.exists('g.txt') ? read('g.txt') : '').toBe(next);
  });

  test('that only the options changed is overwritten without a word', () => {
    synth(generated('one'));
    expect(synth(generated('two'))).toEqual([]);
    expect(synth(generated(''))).toEqual([]);
    expect(directory.exists('g.txt')).toBe(false);
  });

  test('can be taken over, and handed back without losing what was written', () => {
    synth(generated('one'));
    synth(generated('two', ['g.*']));
    expect(fs.statSync(at('g.txt')).mode & 0o200).not.toBe(0);
    write('g.txt', 'mine');
    synth(generated('two', ['g.*']));
    expect(read('g.txt')).toBe('mine');
    expect(synth(generated('two')).join('\n')).toContain('replaced   g.txt');
    expect([read('g.txt'), read('.projen/conflicts/g.txt')]).toEqual(['two', 'mine']);
  });
});

test('globs say what is the user\'s, the last one that matches decides', () => {
  const owned = ['model/**', '!model/train.py', 'docs/'];
  const all = (project: Project): void => {
    declareUserOwned(project, owned);
    for (const name of ['model/a.py', 'model/train.py', 'docs/x.md', 'other']) { file(name, { content: V1 })(project); }
  };
  synth(all);
  expect(['model/a.py', 'model/train.py', 'docs/x.md', 'other'].map(name =>
    directory.exists(name))).toEqual([false, true, false, true]);
});

test('the status says of every file whose it is and how it stands, and writes nothing', () => {
  const all = (version: string) => (project: Project) => {
    declareUserOwned(project, ['owned']);
    for (const name of ['edited', 'merge', 'untouched', 'deleted', 'owned', 'foreign']) {
      file(name, { content: `${version}\n${V1}` })(project);
    }
    file('same', { content: V1 })(project);
    new TextFile(project, 'g.txt', { lines: ['x'] });
  };
  write('foreign', 'mine\n');
  synth(all('1'));
  write('merge', `1\n${V1}mine\n`);
  write('edited', `1\n${V1}mine\n`);
  fs.rmSync(at('deleted'));
  const before = fs.readdirSync(directory.path, { recursive: true }).sort();
  let out = '';
  jest.spyOn(process.stdout, 'write').mockImplementation(text => { out += String(text); return true; });
  process.env.SAGEMAKER_CICD_SYNC = 'status';
  synth(all('2'));
  jest.restoreAllMocks();
  expect(fs.readdirSync(directory.path, { recursive: true }).sort()).toEqual(before);
  expect(read('untouched')).toBe(`1\n${V1}`);
  const rows = Object.fromEntries(out.trim().split('\n').map(line =>
    line.split(/ {2,}/)).map(([name, ...rest]) => [name, rest.join(' | ')]));
  expect(rows).toMatchObject({
    'deleted': 'synced | deleted by you, stays deleted',
    'foreign': 'yours | not written by this project',
    'g.txt': 'generated | as written',
    'merge': 'synced | edited by you; the next synth merges a newer version',
    'owned': 'yours | yours (userOwned)',
    'same': 'synced | as written',
    'untouched': 'synced | unchanged; the next synth updates it',
  });
});

test('a word that is no request is refused before anything is written', () => {
  process.env.SAGEMAKER_CICD_SYNC = 'staus';
  expect(() => synth(file('f', { content: V1 }))).toThrow(
    'The environment variable SAGEMAKER_CICD_SYNC is "staus"; allowed: status, restore.',
  );
  expect(fs.readdirSync(directory.path)).toEqual([]);
});

test('a directory is kept in sync file by file, and what the user adds is left alone', () => {
  const source = at('source');
  for (const name of ['a.py', 'sub/b.py', 'sub/__pycache__/x.pyc', '.hidden', 'left/c.py']) {
    write(`source/${name}`, V1);
  }
  fs.chmodSync(at('source/a.py'), 0o755);
  const all = (renamed?: { [name: string]: string }) => (project: Project): void => {
    new SyncedDirectory(project, 'out', { sourcePath: source, exclude: ['left'], renamed });
  };
  synth(all());
  expect(fs.readdirSync(at('out'), { recursive: true }).sort()).toEqual(['a.py', 'sub', 'sub/b.py']);
  expect(fs.statSync(at('out/a.py')).mode & 0o111).not.toBe(0);
  write('out/own.py', 'mine\n');
  write('out/sub/b.py', `${V1}mine\n`);
  fs.renameSync(at('source/sub/b.py'), at('source/c.py'));
  synth(all({ 'c.py': 'sub/b.py' }));
  expect(fs.readdirSync(at('out'), { recursive: true }).sort()).toEqual(['a.py', 'c.py', 'own.py']);
  expect(read('out/c.py')).toBe(`${V1}mine\n`);
  expect(() => synth(all({ 'no.py': 'x' }))).toThrow('renamed names no.py');
  expect(() => synth(project => { new SyncedDirectory(project, 'out', { sourcePath: at('nowhere') }); })).toThrow();
});

describe('a project whose synth() cannot be stood around, as one of another kind from Python', () => {
  /** jsii calls the method of the class and never sees one that was put on the object. */
  const asFromPython = (content: string): void => {
    const project = new Project({ name: 'p', outdir: directory.path });
    jest.spyOn(project.logger, 'info').mockImplementation(() => undefined);
    file('f', { content })(project);
    Project.prototype.synth.call(project);
  };

  test.each(['true', '1', 'false'])('is kept in sync all the same, and conflicts are an error (without the steps after '
    + 'a synth: %s)', disabled => {
    process.env.PROJEN_DISABLE_POST = disabled;
    asFromPython(V1);
    write('f', V1.replace('five', 'fünf'));
    asFromPython(V1.replace('one', 'ONE'));
    expect(read('f')).toBe(V1.replace('one', 'ONE').replace('five', 'fünf'));
    expect(() => asFromPython(V1.replace('five', 'FIVE'))).toThrow('One file was changed by you and by the project');
    expect(directory.exists('.projen/sync.lock')).toBe(false);
  });
});

test('a glob of userOwned that names nothing is told, as it is mistyped', () => {
  const project = new Project({ name: 'p', outdir: directory.path });
  const warned: string[] = [];
  jest.spyOn(project.logger, 'warn').mockImplementation((...text: unknown[]) => { warned.push(text.join(' ')); });
  write('notes/mine.md', 'x');
  declareUserOwned(project, ['modle/**', 'model/**', 'notes/**', '!other']);
  file('model/a.py', { content: V1 })(project);
  project.synth();
  expect(warned).toEqual(['userOwned: modle/** matches no file that the project writes']);
});
