import * as fs from 'node:fs';
import { Workspace } from './workspace';
import { recover } from '../../src/sync/journal';
import { takeLock } from '../../src/sync/lock';

let w: Workspace;
beforeEach(() => { w = new Workspace(); });
afterEach(() => { mockFailure = undefined; w.remove(); });

/** Which call of which function fails, as with a full disk; undefined lets all of them through. */
let mockFailure: { readonly name: string; left: number } | undefined;
jest.mock('node:fs', () => {
  const real = jest.requireActual<typeof fs>('node:fs');
  const failing = (name: 'renameSync' | 'copyFileSync' | 'writeFileSync') => (...args: never[]): unknown => {
    if (mockFailure?.name === name && (mockFailure.left -= 1) === 0) {
      throw new Error('ENOSPC: no space left on device');
    }
    return (real[name] as (...all: never[]) => unknown)(...args);
  };
  return {
    ...real,
    renameSync: failing('renameSync'),
    copyFileSync: failing('copyFileSync'),
    writeFileSync: failing('writeFileSync'),
  };
});

function failAt(name: 'renameSync' | 'copyFileSync' | 'writeFileSync', nth: number): void {
  mockFailure = { name, left: nth };
}

const files = (version: number) =>
  Array.from({ length: 5 }, (_, i) => ({ path: `d${i}/f`, content: `head\nv${version}\ntail\n` }));

describe('a journal', () => {
  test.each([
    ['copyFileSync', 1],
    ['copyFileSync', 4],
    ['renameSync', 2],
    ['renameSync', 5],
    ['renameSync', 9],
  ] as const)('that was interrupted while it was carried out (%s, call %i) is completed', (name, nth) => {
    w.sync(...files(1));
    w.write('d2/f', 'head\nv1\ntail, mine\n');
    failAt(name, nth);
    expect(() => w.sync(...files(2))).toThrow('ENOSPC');
    mockFailure = undefined;
    expect(recover(w.root)).toBe(true);
    const recovered = w.tree();
    w.sync(...files(2));
    expect(w.tree()).toEqual(recovered);
    for (const { path: file, content } of files(2)) {
      if (file !== 'd2/f') { expect(w.read(file)).toBe(content); }
    }
    expect(w.read('d2/f')).toContain('tail, mine');
    expect(w.has('.projen/sync.journal')).toBe(false);
  });

  test.each([1, 3, 7])('that was never completed (file %i) is dropped, and the repository is as it was', nth => {
    w.sync(...files(1));
    const before = w.tree();
    failAt('writeFileSync', nth);
    expect(() => w.sync(...files(2))).toThrow('ENOSPC');
    mockFailure = undefined;
    expect(recover(w.root)).toBe(false);
    expect(w.tree()).toEqual(before);
  });

  test('leaves a file alone that was edited after the interruption, with its memory', () => {
    w.sync(...files(1));
    failAt('copyFileSync', 1);
    expect(() => w.sync(...files(2))).toThrow('ENOSPC');
    mockFailure = undefined;
    w.write('d0/f', 'head, mine\nv1\ntail\n');
    recover(w.root);
    expect(w.read('d0/f')).toBe('head, mine\nv1\ntail\n');
    expect(w.read('d1/f')).toBe('head\nv2\ntail\n');
    w.write('d0/f', 'head\nmine\nv1\ntail\nand more\n');
    w.sync(...files(1));
    expect(w.read('d0/f')).toBe('head\nmine\nv1\ntail\nand more\n');
  });

  test.each(['{', '{"version":9}', '[1]'])(
    'that cannot be read (%s) is dropped, and keeps nobody from going on',
    plan => {
      w.sync(...files(1));
      w.write('.projen/sync.journal/plan.json', plan);
      expect(recover(w.root)).toBe(false);
      expect(w.has('.projen/sync.journal')).toBe(false);
    },
  );

  test.each(['lost', 'emptied'])('whose contents were %s by a power failure destroys no file', what => {
    w.sync(...files(1));
    failAt('copyFileSync', 1);
    expect(() => w.sync(...files(2))).toThrow('ENOSPC');
    mockFailure = undefined;
    const staged = w.at('.projen/sync.journal/0');
    if (what === 'lost') { fs.rmSync(staged); } else { fs.truncateSync(staged); }
    recover(w.root);
    expect([w.read('d0/f'), w.read('d1/f')]).toEqual(['head\nv1\ntail\n', 'head\nv2\ntail\n']);
    w.sync(...files(2));
    expect(w.read('d0/f')).toBe('head\nv2\ntail\n');
  });

  test('of a repository where nothing is left to do is nothing to complete', () => {
    w.sync(...files(1));
    expect(recover(w.root)).toBe(false);
  });
});

describe('the lock', () => {
  const LOCK = '.projen/sync.lock';

  test('is held once, says by whom, and is given back', () => {
    const giveBack = takeLock(w.root);
    const start = Date.now();
    expect(() => takeLock(w.root)).toThrow(
      new RegExp(
        `Another synth is running in this repository \\(process ${process.pid} on .*delete \\.projen/sync\\.lock`,
      ),
    );
    expect(Date.now() - start).toBeLessThan(1000);
    giveBack();
    expect(w.has(LOCK)).toBe(false);
    takeLock(w.root)();
  });

  test('of a process that is gone is taken over, with what it left', () => {
    fs.mkdirSync(w.at('.projen'));
    // The largest possible process id is never in use.
    w.write(
      LOCK,
      JSON.stringify({
        pid: 4_194_304,
        host: jest.requireActual<typeof import('node:os')>('node:os').hostname(),
        since: 'then',
      }),
    );
    w.write(`${LOCK}.4194304`, 'left');
    const giveBack = takeLock(w.root);
    expect(fs.readdirSync(w.at('.projen'))).toEqual(['sync.lock']);
    giveBack();
  });

  test.each([
    ['on another machine', JSON.stringify({ pid: 1, host: 'elsewhere', since: 'then' })],
    ['that cannot be read', '{'],
    [
      'of a process that lives',
      JSON.stringify({
        pid: process.ppid,
        host: jest.requireActual<typeof import('node:os')>('node:os').hostname(),
        since: 'then',
      }),
    ],
  ])('of someone %s is respected', (_, text) => {
    w.write(LOCK, text);
    expect(() => takeLock(w.root)).toThrow('Another synth is running');
    expect(w.read(LOCK)).toBe(text);
  });

  test('that cannot be read and is old is taken over', () => {
    w.write(LOCK, '');
    fs.utimesSync(w.at(LOCK), 0, 0);
    takeLock(w.root)();
    expect(w.has(LOCK)).toBe(false);
  });

  test('that someone else took in the meantime is not given back', () => {
    const giveBack = takeLock(w.root);
    w.write(LOCK, 'theirs');
    giveBack();
    expect(w.read(LOCK)).toBe('theirs');
  });
});
