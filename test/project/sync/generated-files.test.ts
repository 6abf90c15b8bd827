import * as fs from 'node:fs';
import * as path from 'node:path';
import { Component, Project, TextFile } from 'projen';
import { declareUserOwned } from '../../../src/project/sync/ownership';
import { SyncedFile } from '../../../src/project/sync/synced-file';
import { everyFileBelow } from '../../../src/sync/files-below';
import { projectDirectory } from '../../../testing/project-directory';

const directory = projectDirectory();
const { at, exists, read } = directory;
const copies = (): string[] => (exists('.projen/conflicts') ? everyFileBelow(at('.projen/conflicts')) : []);
const write = (file: string, text: string): void => {
  fs.mkdirSync(path.dirname(at(file)), { recursive: true });
  fs.rmSync(at(file), { force: true });
  fs.writeFileSync(at(file), text);
};

type Fill = (project: Project) => void;

/** A project with a synced file of its own, synthesized; returns what the synth told. */
function synth(fill: Fill, told: string[] = []): string {
  const project = new Project({ name: 'p', outdir: directory.path });
  jest.spyOn(project.logger, 'info').mockImplementation((...text: unknown[]) => { told.push(text.join(' ')); });
  fill(project);
  new SyncedFile(project, 'always', { content: 'always\n' });
  project.synth();
  return told.join('\n');
}

const generated = (text: string, file = 'g'): Fill => project => {
  new TextFile(project, file, { lines: text.split('\n') });
};
const synced = (content: string): Fill => project => { new SyncedFile(project, 'g', { content }); };
const REPLACED = 'replaced   g: it is generated; your version is in .projen/conflicts/g';

describe('what stands where a file is generated, and was not generated there, is kept beside:', () => {
  const owned = (globs: string[]): Fill => project => { declareUserOwned(project, globs); generated('one')(project); };
  const damage = (change: (entry: string) => void): void => {
    for (const entry of everyFileBelow(at('.projen/sync'))) { change(at(`.projen/sync/${entry}`)); }
  };

  test.each<readonly [string, () => void]>([
    ['a file of the user\'s', () => { synth(() => undefined); write('g', 'mine\n'); }],
    ['a file that was the user\'s from the start', () => { write('g', 'mine\n'); synth(owned(['g'])); }],
    ['an edited synced file', () => { synth(synced('one\n')); write('g', 'mine\n'); }],
    ['an edited file whose memory is lost', () => {
      synth(generated('0'));
      write('g', 'mine\n');
      fs.rmSync(at('.projen/sync'), { recursive: true });
    }],
    ['an edited file whose memory is damaged', () => {
      synth(generated('0')); write('g', 'mine\n'); damage(entry => {
        fs.writeFileSync(entry, 'x');
      });
    }],
    ['a file that was edited after a synth was killed', () => {
      synth(generated('0'));
      write('.projen/conflicts/.generated.json', '[]');
      write('g', 'mine\n');
    }],
  ])('%s', (_, arrange) => {
    arrange();
    expect(synth(generated('one'))).toContain(REPLACED);
    expect([read('g'), read('.projen/conflicts/g')]).toEqual(['one', 'mine\n']);
    expect(synth(generated('one'))).toBe('');
    expect(copies()).toEqual(['g']);
  });

  test('an edit of a file that comes as late as the project\'s preSynthesize', () => {
    const late = (text: string): Fill => project => {
      new class extends Component { public override preSynthesize(): void { generated(text)(project); } }(project);
    };
    synth(late('one'));
    write('g', 'mine\n');
    expect(synth(late('two'))).toContain(REPLACED);
    expect(synth(late('three'))).toBe('');
  });

  test('an edit after a merge of git branches, without a word, since the file may be what git made of both', () => {
    synth(generated('one'));
    const entry = everyFileBelow(at('.projen/sync')).find(name => name.startsWith('g.')) ?? '';
    const bytes = fs.readFileSync(at(`.projen/sync/${entry}`));
    synth(generated('two'));
    fs.writeFileSync(at(`.projen/sync/${entry}`), bytes);
    write('g', 'mine\n');
    expect(synth(generated('three'))).toBe('');
    expect(read('.projen/conflicts/g')).toBe('mine\n');
  });

  test('the file behind a link, since it is generated through it', () => {
    synth(generated('one'));
    fs.rmSync(at('g'));
    write('elsewhere', 'mine\n');
    fs.symlinkSync('elsewhere', at('g'));
    expect(synth(generated('two'))).toContain(REPLACED);
    expect([read('elsewhere'), read('.projen/conflicts/g')]).toEqual(['two', 'mine\n']);
    expect(synth(generated('three'))).toBe('');
  });

  test('every edit, also when the last copy has not been looked at', () => {
    synth(generated('one'));
    for (const mine of ['first\n', 'second\n']) {
      write('g', mine);
      synth(generated('one'));
    }
    expect([read('.projen/conflicts/g'), read('.projen/conflicts/g.1')]).toEqual(['second\n', 'first\n']);
  });

  test('nothing, when it says the same', () => {
    write('d/g', 'one');
    expect(synth(generated('one', 'd/g'))).toBe('');
    expect(exists('.projen/conflicts')).toBe(false);
  });
});

describe('after a synth that was killed', () => {
  test.each(['', 'on', 'one, two and three'])('what it has generated (%j) is no one\'s edit, and the copy of an edit '
    + 'is the user\'s', half => {
    synth(generated('zero'));
    write('.projen/conflicts/g', 'mine\n');
    write('.projen/conflicts/.generated.json', JSON.stringify([{ file: 'g', copy: '.projen/conflicts/g' }]));
    write('g', half);
    expect(synth(generated('one, two and three'))).toContain(REPLACED);
    expect(copies()).toEqual(['g']);
    expect(read('.projen/conflicts/g')).toBe('mine\n');
  });
});

describe('a synth that fails', () => {
  const failing = (text: string): Fill => project => {
    generated(text)(project);
    new class extends Component { public override synthesize(): void { throw new Error('failed'); } }(project);
    generated(text, 'later')(project);
  };
  test('says what it has replaced all the same, and the next one does not take that for an edit', () => {
    synth(generated('one'));
    for (const file of ['g', 'later']) { write(file, 'mine\n'); }
    const told: string[] = [];
    expect(() => synth(failing('two'), told)).toThrow('failed');
    expect(told.join('\n')).toContain(REPLACED);
    expect(read('later')).toBe('mine\n');
    expect(synth(project => {
      generated('three')(project);
      generated('three', 'later')(project);
    })).not.toContain('replaced   g:');
    expect([copies(), read('.projen/conflicts/g'), read('.projen/conflicts/later')]).toEqual([
      ['g', 'later'], 'mine\n', 'mine\n',
    ]);
  });
});

describe('a file that was generated and is synced now', () => {
  test.each(['one', 'two'])('is there at once (%j), can be edited and is kept in sync', content => {
    synth(generated('one'));
    synth(synced(content));
    expect([read('g'), fs.statSync(at('g')).mode % 0o1000]).toEqual([content, 0o644]);
    synth(synced('three'));
    expect(read('g')).toBe('three');
  });

  test('and had been edited is the user\'s, with the project\'s beside', () => {
    synth(generated('one'));
    write('g', 'mine\n');
    expect(() =>
      synth(synced('two'))).toThrow('g: yours was kept; the project\'s version is .projen/conflicts/g.generated');
    expect([read('g'), read('.projen/conflicts/g.generated')]).toEqual(['mine\n', 'two']);
    expect(copies()).toEqual(['g.generated']);
  });
});

test('a file that is both generated and synced is refused, and nothing is touched', () => {
  expect(() => synth(project => {
    generated('one')(project);
    synced('two')(project);
  })).toThrow('g: the project both generates and syncs a file of this path');
  expect(exists('g')).toBe(false);
});

test('the status leaves not even a directory', () => {
  process.env.SAGEMAKER_CICD_SYNC = 'status';
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  synth(generated('one'));
  jest.restoreAllMocks();
  expect(fs.readdirSync(directory.path)).toEqual([]);
});

test('the package.json that projen new writes before it makes a project is no one\'s work', () => {
  const make = (isNew: boolean): string => synth(project => {
    if (isNew) { Object.defineProperty(project, 'initProject', { value: {} }); }
    generated('{}\n', 'package.json')(project);
    generated('mine', 'other')(project);
  });
  write('package.json', '{"devDependencies": {}}');
  write('other', 'a person\'s');
  expect(make(true)).not.toContain('package.json');
  expect(copies()).toEqual(['other']);
  fs.rmSync(at('.projen'), { recursive: true });
  write('package.json', '{"devDependencies": {}}');
  expect(make(false)).toContain('replaced   package.json');
});
