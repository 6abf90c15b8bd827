import * as fs from 'node:fs';
import { Workspace } from './workspace';
import { FileState } from '../../src/sync/decision';

const V1 = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n';
const V2 = V1.replace('two', 'TWO');

let w: Workspace;
beforeEach(() => { w = new Workspace(); });
afterEach(() => { w.remove(); });

describe('what text files are made of', () => {
  test.each([
    ['CRLF', (text: string) => text.replace(/\n/g, '\r\n')],
    ['a byte-order mark', (text: string) => `\ufeff${text}`],
    ['both', (text: string) => `\ufeff${text.replace(/\n/g, '\r\n')}`],
  ])('%s that the user gave a file stays, and is no edit', (_, style) => {
    w.sync({ path: 'f', content: V1 });
    w.write('f', style(V1));
    expect(w.state({ path: 'f', content: V1 })).toBe(FileState.UNCHANGED);
    expect(w.state({ path: 'f', content: V2 })).toBe(FileState.UPDATED);
    expect(w.read('f')).toBe(style(V2));
    w.write('f', style(V2.replace('six', 'sechs')));
    expect(w.state({ path: 'f', content: V1 })).toBe(FileState.MERGED);
    expect(w.read('f')).toBe(style(V1.replace('six', 'sechs')));
    w.write('f', style(V1.replace('two', 'zwei')));
    expect(w.state({ path: 'f', content: V2 })).toBe(FileState.CONFLICTED);
    expect(w.read('f')).toBe(style(V1.replace('two\n', '<<<<<<< yours\nzwei\n=======\nTWO\n>>>>>>> generated\n')));
    expect(w.state({ path: 'f', content: V2 })).toBe(FileState.CONFLICTED);
  });

  test('line ends of both kinds in one file are kept as they are', () => {
    w.sync({ path: 'f', content: V1 });
    w.write('f', V1.replace('six\n', 'six\r\n'));
    expect(w.state({ path: 'f', content: V2 })).toBe(FileState.MERGED);
    expect(w.read('f')).toBe(V2.replace('six\n', 'six\r\n'));
  });

  test('line ends of both kinds in the project\'s text are not doubled in a file of the other kind', () => {
    w.sync({ path: 'f', content: 'a\nb\n' });
    w.write('f', 'a\r\nb\r\n');
    w.sync({ path: 'f', content: 'a\r\nB\n' });
    expect(w.read('f')).toBe('a\r\nB\r\n');
  });

  test('a missing newline at the end stays missing, and is an edit', () => {
    w.sync({ path: 'f', content: V1 });
    w.write('f', V1.trimEnd());
    expect(w.state({ path: 'f', content: V2 })).toBe(FileState.MERGED);
    expect(w.read('f')).toBe(V2.trimEnd());
  });

  test('an empty file and one that becomes empty are files', () => {
    w.sync({ path: 'e', content: '' });
    expect(w.state({ path: 'e', content: '' })).toBe(FileState.UNCHANGED);
    w.write('e', 'mine\n');
    expect(w.state({ path: 'e', content: '' })).toBe(FileState.KEPT);
    w.sync({ path: 'f', content: V1 });
    w.write('f', '');
    expect(w.state({ path: 'f', content: V2 })).toBe(FileState.CONFLICTED);
  });

  test('bytes that are no UTF-8 are merged as they are', () => {
    const [a, b] = [
      Buffer.from('caf\xe9\none\ntwo\nthree\nfour\n', 'latin1'),
      Buffer.from('caf\xe9\none\ntwo\nthree\nFOUR\n', 'latin1'),
    ];
    w.sync({ path: 'f', content: a });
    w.write('f', Buffer.concat([Buffer.from('\xff mine\n', 'latin1'), a]));
    expect(w.state({ path: 'f', content: b })).toBe(FileState.MERGED);
    expect(fs.readFileSync(w.at('f'))).toEqual(Buffer.concat([Buffer.from('\xff mine\n', 'latin1'), b]));
  });
});

describe('what is no text', () => {
  const image = (last: number) => Buffer.from([0x89, 0x50, 0, 13, 10, last]);

  test('is replaced when it was left alone', () => {
    w.sync({ path: 'i', content: image(1) });
    expect(w.state({ path: 'i', content: image(2) })).toBe(FileState.UPDATED);
    expect(fs.readFileSync(w.at('i'))).toEqual(image(2));
  });

  test.each([
    [
      'when carriage returns are not counted',
      (text: string) => text.replace(/.*/, 'mine').replace(/\n/g, '\r\n'),
      (text: string) => text.replace('end', 'END'),
    ],
    [
      'when what was remembered is shorter',
      (text: string) => text.replace(/^x.*$/gm, 'y$&'),
      (text: string) => text.replace(/^x.*$/gm, 'z$&'),
    ],
  ])('may show only %s; then it is not merged either', (_, mine, ours) => {
    const text = `${`x${'y '.repeat(60)}\n`.repeat(66)}\0\nend\n`;
    w.sync({ path: 'f', content: text });
    w.write('f', mine(text));
    expect(w.state({ path: 'f', content: ours(text) })).toBe(FileState.CONFLICTED);
    expect(w.read('f')).toBe(mine(text));
  });

  test('is never merged: the user\'s stays, the project\'s is laid beside it until the user has decided', () => {
    w.sync({ path: 'i', content: image(1) });
    fs.writeFileSync(w.at('i'), image(9));
    expect(w.state({ path: 'i', content: image(2) })).toBe(FileState.CONFLICTED);
    expect(fs.readFileSync(w.at('i'))).toEqual(image(9));
    expect(fs.readFileSync(w.at('.projen/conflicts/i.generated'))).toEqual(image(2));
    expect(w.state({ path: 'i', content: image(2) })).toBe(FileState.CONFLICTED);
    fs.rmSync(w.at('.projen/conflicts/i.generated'));
    expect(w.state({ path: 'i', content: image(2) })).toBe(FileState.KEPT);
  });
});

describe('how a file is merged', () => {
  test('may change, and what is remembered of an edited file changes with it', () => {
    const json = (a: number, b: number) => `{ "a": ${a}, "b": ${b} }\n`;
    w.sync({ path: 'f.json', content: json(1, 1) });
    w.write('f.json', json(1, 7));
    w.sync({ path: 'f.json', content: json(1, 1), strategy: 'json' });
    expect(w.state({ path: 'f.json', content: json(2, 1), strategy: 'json' })).toBe(FileState.MERGED);
    expect(w.read('f.json')).toBe(json(2, 7));
  });

  test.each([
    [
      'json', '{\n  "a": {\n    "x": 1\n  },\n  "b": 1\n}\n', '{\n  "b": 1\n}\n', '    "x": 1\n',
      '    // mine\n    "x": 1\n', '// mine',
    ],
    ['toml', '[a]\nx = 1\n\n[b]\ny = 1\n', '[b]\ny = 1\n', 'x = 1\n', '# mine\nx = 1\n', '# mine'],
  ] as const)(
    "by key (%s) lets a comment go with its key, and keeps the user's version beside",
    (strategy, before, after, line, edited, comment) => {
      const file = `f.${strategy}`;
      w.sync({ path: file, content: before, strategy });
      w.write(file, before.replace(line, edited));
      const decision = w.sync({ path: file, content: after, strategy }).get(file);
      expect(decision).toMatchObject({
        state: FileState.UPDATED,
        notes: [`${file}: ${comment} was removed with its parent; your original version: .projen/conflicts/${file}`],
      });
      expect([w.read(file), w.read(`.projen/conflicts/${file}`)]).toEqual([after, before.replace(line, edited)]);
      expect(w.sync({ path: file, content: after, strategy }).get(file)?.notes).toEqual([]);
    },
  );

  test('is not by key where the project\'s text has none: it is laid beside', () => {
    w.sync({ path: 'l.json', content: '[1]\n', strategy: 'json' });
    w.write('l.json', '[1, 5]\n');
    expect(w.state({ path: 'l.json', content: '[2]\n', strategy: 'json' })).toBe(FileState.CONFLICTED);
    expect([w.read('l.json'), w.read('.projen/conflicts/l.json.generated')]).toEqual(['[1, 5]\n', '[2]\n']);
  });
});

describe('modes', () => {
  const mode = (file: string) => (fs.statSync(w.at(file)).mode & 0o777).toString(8);

  test('the executable bit is set, changed and kept', () => {
    w.sync({ path: 's', content: V1, executable: true });
    expect(mode('s')).toBe('755');
    w.sync({ path: 's', content: V1, executable: false });
    expect(mode('s')).toBe('644');
  });

  test('a mode that the user changed stays, also through a merge', () => {
    w.sync({ path: 's', content: V1 });
    fs.chmodSync(w.at('s'), 0o750);
    expect(w.state({ path: 's', content: V1 })).toBe(FileState.UNCHANGED);
    w.sync({ path: 's', content: V2 });
    expect([mode('s'), w.read('s')]).toEqual(['750', V2]);
    w.write('s', `${V2}mine\n`);
    w.sync({ path: 's', content: V1, executable: false });
    expect([mode('s'), w.read('s')]).toEqual(['750', `${V1}mine\n`]);
  });

  test('permissions that keep others out stay', () => {
    w.sync({ path: 's', content: V1 });
    fs.chmodSync(w.at('s'), 0o600);
    w.sync({ path: 's', content: V2 });
    expect(mode('s')).toBe('600');
  });
});

describe('what the user put in the place of a file', () => {
  beforeEach(() => { w.sync({ path: 'a/f', content: V1 }); });

  test.each([
    [
      'a link',
      () => {
        fs.rmSync(w.at('a/f'));
        fs.symlinkSync('../elsewhere', w.at('a/f'));
      },
    ],
    [
      'a directory',
      () => {
        fs.rmSync(w.at('a/f'));
        fs.mkdirSync(w.at('a/f/x'), { recursive: true });
      },
    ],
    [
      'a link in place of its directory',
      () => {
        fs.renameSync(w.at('a'), w.at('b'));
        fs.symlinkSync('b', w.at('a'));
      },
    ],
    [
      'a file in place of its directory',
      () => {
        fs.rmSync(w.at('a'), { recursive: true });
        w.write('a', 'mine\n');
      },
    ],
  ])('%s is left alone, and nothing is written through it', (_, change) => {
    change();
    const before = w.tree();
    expect(w.state({ path: 'a/f', content: V2 })).toBe(FileState.KEPT);
    w.sync();
    expect(Object.entries(w.tree()).filter(([file]) => !file.startsWith('.projen'))).toEqual(
      Object.entries(before).filter(([file]) => !file.startsWith('.projen')),
    );
  });
});
