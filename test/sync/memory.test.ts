import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Workspace } from './workspace';
import { FileState } from '../../src/sync/decision';
import { everyFileBelow } from '../../src/sync/files-below';
import {
  decodeEntry, encodeEntry, entryName, lineHash, parseEntryName, remember, Remembered,
} from '../../src/sync/memory-entry';

const V1 = Array.from({ length: 40 }, (_, i) => `line ${i}\n`).join('');
const withLine = (i: number, text: string) => V1.replace(`line ${i}\n`, `${text}\n`);

let w: Workspace;
beforeEach(() => { w = new Workspace(); });
afterEach(() => { w.remove(); });

const memory = (): string[] => everyFileBelow(w.at('.projen/sync')).map(name => `.projen/sync/${name}`);

describe('an entry', () => {
  test.each([
    ['lines', remember('a/b.py', Buffer.from('x\n\ny\n\nz'), true, Remembered.LINES)],
    ['content', remember('a/b.json', Buffer.from('{"a": 1}\n'), false, Remembered.CONTENT)],
    ['nothing', remember('data.csv', Buffer.from('a,b\n'), false, Remembered.NOTHING)],
    ['an empty file', remember('__init__.py', Buffer.alloc(0), false, Remembered.LINES)],
  ])('of %s is read back as it was written', (_, entry) => {
    expect(decodeEntry(entryName(entry), encodeEntry(entry))).toEqual(entry);
  });

  test.each(['a b', 'ä/\u0061\u0308.py', 'a\nb', 'f.0123456789abcdef', '.x'])(
    'has a name that says which file it is of: %j',
    file => {
      expect(parseEntryName(entryName(remember(file, Buffer.from('x\n'), true, Remembered.LINES)))?.path).toBe(file);
    },
  );

  test('is not taken for sound when a byte of it or its name is another', () => {
    const entry = remember('a/b.py', Buffer.from('x\ny\n'), false, Remembered.LINES);
    const bytes = encodeEntry(entry);
    for (let i = 0; i < bytes.length; i++) {
      const damaged = Buffer.from(bytes);
      damaged[i] ^= 1;
      expect(decodeEntry(entryName(entry), damaged)).toBeUndefined();
    }
    expect(decodeEntry(`${entryName(entry)}x`, bytes)).toBeUndefined();
    expect(decodeEntry(entryName(entry).replace('a/b', 'a/c'), bytes)).toBeUndefined();
  });

  test('of another version or file looks nothing like it, so that git never takes one for the other renamed', () => {
    const lines = (text: string) => encodeEntry(remember('f', Buffer.from(text), false, Remembered.LINES));
    const same = lines(V1).filter((byte, i) => byte === lines(withLine(39, 'x'))[i]).length;
    expect(same).toBeLessThan(lines(V1).length / 20);
  });

  test('tells lines apart by 48 bits', () => {
    expect(lineHash(Buffer.from('a\n'))).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe('two git branches', () => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
      cwd: w.root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const commit = (message: string) => { git('add', '-A'); git('commit', '-qm', message); };
  const wanted = (content: string) => [{ path: 'f', content }, { path: 'g', content: V1 }];

  test.each([
    ['the beginning and the end', 0, 39],
    ['neighbouring places', 20, 23],
  ])(
    'that change different options (%s) merge without a conflict in the memory, and the next synth goes on from both',
    (_, i, j) => {
      const [a, b] = [withLine(i, 'A'), withLine(j, 'B')];
      git('init', '-q', '-b', 'main');
      w.sync(...wanted(V1));
      w.write('f', V1.replace('line 10\n', 'line 10, mine\n'));
      commit('base');
      git('checkout', '-qb', 'b');
      w.sync(...wanted(b));
      commit('b');
      git('checkout', '-q', 'main');
      w.sync(...wanted(a));
      commit('a');
      git('merge', '-q', 'b', '-m', 'both');
      expect(git('status', '--porcelain')).toBe('');
      expect(memory().filter(name => name.startsWith('.projen/sync/f.'))).toHaveLength(2);
      const both = a.replace(`line ${j}\n`, 'B\n');
      expect(w.sync(...wanted(both)).get('f')?.state).toMatch(/kept|unchanged/);
      expect(w.read('f')).toBe(both.replace('line 10\n', 'line 10, mine\n'));
      expect(memory().filter(name => name.startsWith('.projen/sync/f.'))).toHaveLength(1);
      w.sync(...wanted(both.replace('line 30\n', 'new\n')));
      expect(w.read('f')).toBe(both.replace('line 10\n', 'line 10, mine\n').replace('line 30\n', 'new\n'));
    },
  );

  test('that make the same change merge without a conflict', () => {
    git('init', '-q', '-b', 'main');
    w.sync({ path: 'f', content: V1 });
    commit('base');
    git('checkout', '-qb', 'b');
    w.sync({ path: 'f', content: withLine(5, 'X') });
    commit('b');
    git('checkout', '-q', 'main');
    w.sync({ path: 'f', content: withLine(5, 'X') });
    w.write('mine', '1');
    commit('a');
    git('merge', '-q', 'b', '-m', 'both');
    expect(w.state({ path: 'f', content: withLine(5, 'X') })).toBe(FileState.UNCHANGED);
  });
});

describe('a memory that is', () => {
  const damages: ReadonlyArray<readonly [string, () => void]> = [
    [
      'lost',
      () => { fs.rmSync(w.at('.projen'), { recursive: true }); },
    ],
    [
      'cut short',
      () => { memory().forEach(name => { fs.truncateSync(w.at(name), 5); }); },
    ],
    [
      'emptied',
      () => { memory().forEach(name => { w.write(name, ''); }); },
    ],
    [
      'edited by hand',
      () => { memory().forEach(name => { w.write(name, 'nothing'); }); },
    ],
    [
      'converted by an editor',
      () => {
        memory().forEach(name => { w.write(name, Buffer.concat([fs.readFileSync(w.at(name)), Buffer.from('\r\n')])); });
      },
    ],
    [
      'replaced by directories',
      () => {
        memory().forEach(name => {
          fs.rmSync(w.at(name));
          fs.mkdirSync(w.at(name));
        });
      },
    ],
    [
      'of another file',
      () => { memory().forEach(name => { fs.renameSync(w.at(name), w.at(name).replace('/f.', '/other.')); }); },
    ],
  ];

  test.each(damages)('%s makes an edited file the user\'s, whatever the project wants', (_, damage) => {
    w.sync({ path: 'f', content: V1 });
    w.write('f', withLine(10, 'mine'));
    damage();
    for (const content of [withLine(20, 'new'), withLine(10, 'theirs')]) {
      expect(w.state({ path: 'f', content })).toBe(FileState.KEPT);
      expect(w.read('f')).toBe(withLine(10, 'mine'));
    }
  });

  test.each(damages)('%s is made anew for a file that is as the project wants it', (_, damage) => {
    w.sync({ path: 'f', content: V1 });
    damage();
    expect(w.state({ path: 'f', content: V1 })).toBe(FileState.UNCHANGED);
    expect(w.state({ path: 'f', content: withLine(3, 'new') })).toBe(FileState.UPDATED);
  });

  test('damaged is told of once', () => {
    w.sync({ path: 'f', content: V1 });
    w.write('f', 'mine\n');
    memory().forEach(name => { w.write(name, 'nothing'); });
    expect(w.sync({ path: 'f', content: V1 }).get('f')?.notes.join()).toContain('its sync memory is damaged');
    expect(w.sync({ path: 'f', content: V1 }).get('f')?.notes).toEqual([]);
  });

  test('mixed with other people\'s files is read all the same', () => {
    w.sync({ path: 'f', content: V1 });
    w.write('.projen/sync/README.md', 'hello');
    expect(w.state({ path: 'f', content: withLine(3, 'new') })).toBe(FileState.UPDATED);
    expect(w.has('.projen/sync/README.md')).toBe(true);
  });
});

test('the memory of 200 files of the size of real templates takes less than 200 KB', () => {
  const root = path.join(__dirname, '..', '..', 'templates', 'python');
  const sources = everyFileBelow(root)
    .filter(file => /^[a-z]+\/\w+\.py$/.test(file))
    .map(file => fs.readFileSync(path.join(root, file), 'utf8'));
  const files = Array.from({ length: 200 }, (_, i) => ({
    path: `src/module_${i}.py`,
    content: `# Module ${i}\n${sources[i % sources.length]}`,
  }));
  expect(sources.length).toBeGreaterThan(30);
  w.sync(...files);
  expect(memory()).toHaveLength(200);
  expect(memory().reduce((sum, name) => sum + fs.statSync(w.at(name)).size, 0)).toBeLessThan(200_000);
});
