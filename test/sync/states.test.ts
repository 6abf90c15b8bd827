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
    for (const synth of [1, 2]) {
      expect([synth, w.state({ path: 'f', content })]).toEqual([synth, FileState.CONFLICTED]);
    }
    expect(openConflicts(w.root)).toEqual(['f']);
  });

  test('leaves the copies of earlier ones where they can be found, whatever stood there', () => {
    w.sync({ path: 'm/f', content: V2 });
    w.write('m/f', V2.replace('TWO', 'deux'));
    w.sync({ path: 'm/f', content: V1 });
    expect([w.read('.projen/conflicts/m/f'), w.read('.projen/conflicts/m/f.1')]).toEqual([
      V1.replace('two', 'deux'),
      V1.replace('two', 'zwei'),
    ]);
    fs.rmSync(w.at('m'), { recursive: true });
    w.sync();
    w.sync({ path: 'm', content: V1 });
    w.write('m', V1.replace('two', 'dos'));
    w.sync({ path: 'm', content: V2 });
    expect([w.read('.projen/conflicts/m'), w.read('.projen/conflicts/m.1/f.1')]).toEqual([
      V1.replace('two', 'dos'),
      V1.replace('two', 'zwei'),
    ]);
    fs.rmSync(w.at('m'));
    w.sync();
    w.sync({ path: 'm/f', content: V1 });
    w.write('m/f', V1.replace('two', 'tre'));
    w.sync({ path: 'm/f', content: V2 });
    expect([w.read('.projen/conflicts/m/f'), w.read('.projen/conflicts/m.2')]).toEqual([
      V1.replace('two', 'tre'),
      V1.replace('two', 'dos'),
    ]);
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
    expect([...w.sync(renamed(V3)).values()].map(({ path, state }) => [path, state])).toEqual([
      ['old/f', FileState.CONFLICTED],
    ]);
    w.write('old/f', V2.replace('TWO', 'zwei'));
    expect(w.state(renamed(V3))).toBe(FileState.MOVED);
    expect(w.read('new/f')).toBe(V3.replace('TWO', 'zwei'));
  });

  test('waits at its old place while a version of it lies beside it that cannot be merged', () => {
    w.write('old/f', Buffer.from([0, 1]));
    w.sync({ path: 'old/f', content: V2 });
    for (const content of [V2, V1]) {
      expect([...w.sync(renamed(content)).values()].map(({ path, state }) => [path, state])).toEqual([
        ['old/f', FileState.CONFLICTED],
      ]);
    }
    fs.rmSync(w.at('.projen/conflicts/old/f.generated'));
    expect(w.state(renamed(V2))).toBe(FileState.MOVED);
  });

  test('waits at its old place while it cannot be read, and misses nothing when it is mended', () => {
    const json = (a: number) => ({ content: `{ "a": ${a} }\n`, strategy: 'json' as const });
    w.sync({ path: 'old.json', ...json(1) });
    w.write('old.json', '{ "a": 1, "mine": ');
    const wanted = { path: 'new.json', ...json(2), previousPaths: ['old.json'] };
    expect([...w.sync(wanted).values()]).toMatchObject([
      { path: 'old.json', state: FileState.KEPT, notes: [expect.stringContaining('old.json is not valid JSON')] },
    ]);
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
    expect([...w.sync(renamed(V2)).values()].map(({ path, state }) => [path, state])).toEqual([
      ['new/f', FileState.KEPT],
      ['old/f', FileState.RELEASED],
    ]);
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
