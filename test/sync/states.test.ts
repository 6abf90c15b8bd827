import * as fs from 'node:fs';
import { Workspace } from './workspace';
import { FileState } from '../../src/sync/decision';
import { openConflicts } from '../../src/sync/open-conflicts';

const V1 = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n';
const V2 = V1.replace('two', 'TWO');

let w: Workspace;
beforeEach(() => { w = new Workspace(); });
afterEach(() => { w.remove(); });

describe('a file that the project wants', () => {
  test('is created where nothing is, and then stays as it is', () => {
    expect(w.state({ path: 'a/b.py', content: V1 })).toBe(FileState.CREATED);
    const before = w.tree();
    expect(w.state({ path: 'a/b.py', content: V1 })).toBe(FileState.UNCHANGED);
    expect(w.tree()).toEqual(before);
  });

  test('is replaced when the user left it alone', () => {
    w.sync({ path: 'f', content: V1 });
    expect(w.state({ path: 'f', content: V2 })).toBe(FileState.UPDATED);
    expect(w.read('f')).toBe(V2);
  });

  test('is left when only the user changed it', () => {
    w.sync({ path: 'f', content: V1 });
    w.write('f', `${V1}mine\n`);
    expect(w.state({ path: 'f', content: V1 })).toBe(FileState.KEPT);
    expect(w.read('f')).toBe(`${V1}mine\n`);
  });

  test('is merged when both changed it in different places', () => {
    w.sync({ path: 'f', content: V1 });
    w.write('f', V1.replace('six', 'six and a half'));
    expect(w.state({ path: 'f', content: V2 })).toBe(FileState.MERGED);
    expect(w.read('f')).toBe(V2.replace('six', 'six and a half'));
    expect(w.state({ path: 'f', content: V2 })).toBe(FileState.KEPT);
  });

  test('says nothing when the user made the very change that the project makes', () => {
    w.sync({ path: 'f', content: V1 });
    w.write('f', V2);
    expect(w.state({ path: 'f', content: V2 })).toBe(FileState.UNCHANGED);
    expect(w.read('f')).toBe(V2);
  });

  test('that exists and was not written by the project is the user\'s', () => {
    w.write('f', 'mine\n');
    expect(w.sync({ path: 'f', content: V1 }).get('f')).toMatchObject({ state: FileState.KEPT, foreign: true });
    expect(w.state({ path: 'f', content: V2 })).toBe(FileState.KEPT);
    expect(w.tree()).toEqual({ f: '- mine\n' });
  });

  test('that exists and says what the project would have written is taken over', () => {
    w.write('f', V1);
    expect(w.state({ path: 'f', content: V1 })).toBe(FileState.UNCHANGED);
    expect(w.state({ path: 'f', content: V2 })).toBe(FileState.UPDATED);
  });

  test('stays deleted when the user deleted it, through any number of versions', () => {
    w.sync({ path: 'f', content: V1 });
    fs.rmSync(w.at('f'));
    for (const content of [V1, V2, V1]) { expect(w.state({ path: 'f', content })).toBe(FileState.DELETED); }
    expect(w.has('f')).toBe(false);
  });

  test('written once is never written again, and stays deleted', () => {
    w.sync({ path: 'd.csv', content: 'a,b\n', once: true });
    expect(w.state({ path: 'd.csv', content: 'a,b,c\n', once: true })).toBe(FileState.UNCHANGED);
    expect(w.read('d.csv')).toBe('a,b\n');
    w.write('d.csv', 'mine\n');
    expect(w.state({ path: 'd.csv', content: 'a,b,c\n', once: true })).toBe(FileState.KEPT);
    fs.rmSync(w.at('d.csv'));
    expect(w.state({ path: 'd.csv', content: 'a,b,c\n', once: true })).toBe(FileState.DELETED);
  });
});

describe('a conflict', () => {
  beforeEach(() => {
    w.sync({ path: 'm/f', content: V1 });
    w.write('m/f', V1.replace('two', 'zwei'));
  });

  test('leaves markers as git does, the user\'s version beside, and the memory of what the project wants now', () => {
    expect(w.state({ path: 'm/f', content: V2 })).toBe(FileState.CONFLICTED);
    expect(w.read('m/f')).toBe(V1.replace('two\n', '<<<<<<< yours\nzwei\n=======\nTWO\n>>>>>>> generated\n'));
    expect(w.read('.projen/conflicts/m/f')).toBe(V1.replace('two', 'zwei'));
  });

  test('stays open, whatever the project wants next, until the markers are gone', () => {
    w.sync({ path: 'm/f', content: V2 });
    const open = w.read('m/f');
    const V3 = V2.replace('six', 'SIX');
    for (const content of [V2, V3]) { expect(w.state({ path: 'm/f', content })).toBe(FileState.CONFLICTED); }
    expect(w.read('m/f')).toBe(open);
    w.write('m/f', V1.replace('two', 'both'));
    expect(w.state({ path: 'm/f', content: V3 })).toBe(FileState.MERGED);
    expect(w.read('m/f')).toBe(V3.replace('TWO', 'both'));
  });

  test('is over when the user chose, even for the old text', () => {
    w.sync({ path: 'm/f', content: V2 });
    w.write('m/f', V1);
    expect(w.state({ path: 'm/f', content: V2 })).toBe(FileState.KEPT);
    expect(w.read('m/f')).toBe(V1);
  });

  test('in the first line of a file with a byte-order mark stays open too', () => {
    w.sync({ path: 'f', content: V1 });
    w.write('f', `\ufeff${V1.replace('one', 'eins')}`);
    const content = V1.replace('one', 'ONE');
    for (const synth of [1, 2]) { expect([synth, w.state({ path: 'f', content })]).toEqual([synth, FileState.CONFLICTED]); }
    expect(openConflicts(w.root)).toEqual(['f']);
  });

  test('leaves the copies of earlier ones where they can be found, whatever stood there', () => {
    w.sync({ path: 'm/f', content: V2 });
    w.write('m/f', V2.replace('TWO', 'deux'));
    w.sync({ path: 'm/f', content: V1 });
    expect([w.read('.projen/conflicts/m/f'), w.read('.projen/conflicts/m/f.1')]).toEqual([V1.replace('two', 'deux'), V1.replace('two', 'zwei')]);
    fs.rmSync(w.at('m'), { recursive: true });
    w.sync();
    w.sync({ path: 'm', content: V1 });
    w.write('m', V1.replace('two', 'dos'));
    w.sync({ path: 'm', content: V2 });
    expect([w.read('.projen/conflicts/m'), w.read('.projen/conflicts/m.1/f.1')]).toEqual([V1.replace('two', 'dos'), V1.replace('two', 'zwei')]);
    fs.rmSync(w.at('m'));
    w.sync();
    w.sync({ path: 'm/f', content: V1 });
    w.write('m/f', V1.replace('two', 'tre'));
    w.sync({ path: 'm/f', content: V2 });
    expect([w.read('.projen/conflicts/m/f'), w.read('.projen/conflicts/m.2')]).toEqual([V1.replace('two', 'tre'), V1.replace('two', 'dos')]);
  });

  test('of a file that is about markers in the project\'s own text is none', () => {
    const text = '<<<<<<< yours\na\n=======\nb\n>>>>>>> generated\n';
    w.sync({ path: 'doc', content: text });
    w.write('doc', `${text}mine\n`);
    expect(w.state({ path: 'doc', content: text })).toBe(FileState.KEPT);
    expect(w.state({ path: 'doc', content: `new\n${text}` })).toBe(FileState.MERGED);
  });
});

describe('a file that the project does not want any more', () => {
  test('is removed with its empty directories when nobody edited it', () => {
    w.sync({ path: 'a/b/c', content: V1 }, { path: 'a/d', content: V1 });
    expect(w.sync({ path: 'a/d', content: V1 }).get('a/b/c')?.state).toBe(FileState.DROPPED);
    expect([w.has('a/b'), w.has('a/d')]).toEqual([false, true]);
  });

  test('is the user\'s when it was edited', () => {
    w.sync({ path: 'a', content: V1 });
    w.write('a', 'mine\n');
    expect(w.sync().get('a')?.state).toBe(FileState.RELEASED);
    expect(w.sync().size).toBe(0);
    expect(w.tree()).toEqual({ a: '- mine\n' });
  });

  test('and comes again after the user deleted it in the meantime is created', () => {
    w.sync({ path: 'a', content: V1 });
    fs.rmSync(w.at('a'));
    w.sync();
    expect(w.state({ path: 'a', content: V1 })).toBe(FileState.CREATED);
  });

  test('but someone else generates now is not removed', () => {
    w.sync({ path: 'a', content: V1 });
    w.managed = ['a'];
    expect(w.sync().size).toBe(0);
    expect(w.has('a')).toBe(true);
  });
});

describe('a file that the project renamed', () => {
  const renamed = (content: string) => ({ path: 'new/f', content, previousPaths: ['old/f'] });
  beforeEach(() => { w.sync({ path: 'old/f', content: V1 }); });

  test('moves, with the edits of the user', () => {
    w.write('old/f', V1.replace('six', 'sechs'));
    expect(w.state(renamed(V2))).toBe(FileState.MOVED);
    expect(w.read('new/f')).toBe(V2.replace('six', 'sechs'));
    expect(w.has('old')).toBe(false);
    expect(w.state(renamed(V2))).toBe(FileState.KEPT);
  });

  test('moves when nobody touched it', () => {
    w.sync(renamed(V1));
    expect([w.has('old'), w.read('new/f')]).toEqual([false, V1]);
  });

  test('moves with its conflict', () => {
    w.write('old/f', V1.replace('two', 'zwei'));
    expect(w.state(renamed(V2))).toBe(FileState.CONFLICTED);
    expect(w.read('new/f')).toContain('<<<<<<< yours\nzwei\n=======\nTWO\n>>>>>>> generated\n');
    expect(w.read('.projen/conflicts/new/f')).toContain('zwei');
    expect(w.has('old')).toBe(false);
  });

  test('waits at its old place while it holds an open conflict', () => {
    w.write('old/f', V1.replace('two', 'zwei'));
    w.sync({ path: 'old/f', content: V2 });
    const V3 = V2.replace('six', 'SIX');
    expect([...w.sync(renamed(V3)).values()].map(({ path, state }) => [path, state])).toEqual([['old/f', FileState.CONFLICTED]]);
    w.write('old/f', V2.replace('TWO', 'zwei'));
    expect(w.state(renamed(V3))).toBe(FileState.MOVED);
    expect(w.read('new/f')).toBe(V3.replace('TWO', 'zwei'));
  });

  test('waits at its old place while a version of it lies beside it that cannot be merged', () => {
    w.write('old/f', Buffer.from([0, 1]));
    w.sync({ path: 'old/f', content: V2 });
    for (const content of [V2, V1]) { expect([...w.sync(renamed(content)).values()].map(({ path, state }) => [path, state])).toEqual([['old/f', FileState.CONFLICTED]]); }
    fs.rmSync(w.at('.projen/conflicts/old/f.generated'));
    expect(w.state(renamed(V2))).toBe(FileState.MOVED);
  });

  test('waits at its old place while it cannot be read, and misses nothing when it is mended', () => {
    const json = (a: number) => ({ content: `{ "a": ${a} }\n`, strategy: 'json' as const });
    w.sync({ path: 'old.json', ...json(1) });
    w.write('old.json', '{ "a": 1, "mine": ');
    const wanted = { path: 'new.json', ...json(2), previousPaths: ['old.json'] };
    expect([...w.sync(wanted).values()]).toMatchObject([{ path: 'old.json', state: FileState.KEPT, notes: [expect.stringContaining('old.json cannot be read as JSON')] }]);
    w.write('old.json', '{ "a": 1, "mine": 1 }\n');
    expect(w.state(wanted)).toBe(FileState.MOVED);
    expect(w.read('new.json')).toBe('{ "a": 2, "mine": 1 }\n');
  });

  test('stays deleted when the user had deleted it', () => {
    fs.rmSync(w.at('old/f'));
    expect(w.state(renamed(V2))).toBe(FileState.DELETED);
    expect(w.state(renamed(V2))).toBe(FileState.DELETED);
    expect(w.has('new/f')).toBe(false);
  });

  test('overwrites nothing that the user has at the new place', () => {
    w.write('new/f', 'mine\n');
    w.write('old/f', 'edited\n');
    expect([...w.sync(renamed(V2)).values()].map(({ path, state }) => [path, state])).toEqual([['new/f', FileState.KEPT], ['old/f', FileState.RELEASED]]);
    expect([w.read('new/f'), w.read('old/f')]).toEqual(['mine\n', 'edited\n']);
  });
});

describe('a file that is entirely the user\'s', () => {
  test('is neither written nor merged nor removed, and merges all that was missed when it is handed back', () => {
    w.sync({ path: 'f', content: V1 });
    w.write('f', V1.replace('six', 'sechs'));
    w.owned = () => true;
    expect(w.state({ path: 'f', content: V2 })).toBe(FileState.OWNED);
    expect(w.sync().size).toBe(0);
    expect(w.read('f')).toBe(V1.replace('six', 'sechs'));
    w.owned = () => false;
    expect(w.state({ path: 'f', content: V2 })).toBe(FileState.MERGED);
    expect(w.read('f')).toBe(V2.replace('six', 'sechs'));
  });

  test('is not created', () => {
    w.owned = () => true;
    w.sync({ path: 'f', content: V1 });
    expect(w.tree()).toEqual({});
  });
});

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
    const [a, b] = [Buffer.from('caf\xe9\none\ntwo\nthree\nfour\n', 'latin1'), Buffer.from('caf\xe9\none\ntwo\nthree\nFOUR\n', 'latin1')];
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
    ['when carriage returns are not counted', (text: string) => text.replace(/.*/, 'mine').replace(/\n/g, '\r\n'), (text: string) => text.replace('end', 'END')],
    ['when what was remembered is shorter', (text: string) => text.replace(/^x.*$/gm, 'y$&'), (text: string) => text.replace(/^x.*$/gm, 'z$&')],
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
    ['json', '{\n  "a": {\n    "x": 1\n  },\n  "b": 1\n}\n', '{\n  "b": 1\n}\n', '    "x": 1\n', '    // mine\n    "x": 1\n', '// mine'],
    ['toml', '[a]\nx = 1\n\n[b]\ny = 1\n', '[b]\ny = 1\n', 'x = 1\n', '# mine\nx = 1\n', '# mine'],
  ] as const)('by key (%s) lets a comment go with its key, and keeps the user\'s version beside', (strategy, before, after, line, edited, comment) => {
    const file = `f.${strategy}`;
    w.sync({ path: file, content: before, strategy });
    w.write(file, before.replace(line, edited));
    const decision = w.sync({ path: file, content: after, strategy }).get(file);
    expect(decision).toMatchObject({ state: FileState.UPDATED, notes: [`${file}: ${comment} went with what it belonged to; your version as it was: .projen/conflicts/${file}`] });
    expect([w.read(file), w.read(`.projen/conflicts/${file}`)]).toEqual([after, before.replace(line, edited)]);
    expect(w.sync({ path: file, content: after, strategy }).get(file)?.notes).toEqual([]);
  });

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
    ['a link', () => { fs.rmSync(w.at('a/f')); fs.symlinkSync('../elsewhere', w.at('a/f')); }],
    ['a directory', () => { fs.rmSync(w.at('a/f')); fs.mkdirSync(w.at('a/f/x'), { recursive: true }); }],
    ['a link in place of its directory', () => { fs.renameSync(w.at('a'), w.at('b')); fs.symlinkSync('b', w.at('a')); }],
    ['a file in place of its directory', () => { fs.rmSync(w.at('a'), { recursive: true }); w.write('a', 'mine\n'); }],
  ])('%s is left alone, and nothing is written through it', (_, change) => {
    change();
    const before = w.tree();
    expect(w.state({ path: 'a/f', content: V2 })).toBe(FileState.KEPT);
    w.sync();
    expect(Object.entries(w.tree()).filter(([file]) => !file.startsWith('.projen'))).toEqual(Object.entries(before).filter(([file]) => !file.startsWith('.projen')));
  });
});
