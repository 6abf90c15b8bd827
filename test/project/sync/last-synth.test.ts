import * as fs from 'node:fs';
import type { Project } from 'projen';
import { file, synthIn, V1 } from './any-project';
import { projectDirectory } from '../../../testing/project-directory';

const directory = projectDirectory();
const { read, write } = directory;

const synth = (fill: (project: Project) => void): string[] => synthIn(directory, fill);

describe('the last synth, of projen eject,', () => {
  beforeEach(() => { synth(file('f', { content: V1 })); });
  const eject = (content: string): string[] => {
    process.env.PROJEN_EJECTING = 'true';
    return synth(file('f', { content }));
  };

  test('merges, and forgets everything', () => {
    write('f', V1.replace('five', 'fünf'));
    eject(V1.replace('one', 'ONE'));
    expect(read('f')).toBe(V1.replace('one', 'ONE').replace('five', 'fünf'));
    expect(directory.exists('.projen/sync')).toBe(false);
  });

  test('keeps the user\'s lines where both changed them, since nobody would ask again', () => {
    write('f', V1.replace('one', 'eins'));
    expect(eject(V1.replace('one', 'ONE')).join('\n')).toContain(
      "f: where the project's latest changes overlap yours, yours were kept",
    );
    expect(read('f')).toBe(V1.replace('one', 'eins'));
  });

  test('is refused while a conflict is open, and changes nothing', () => {
    write('f', V1.replace('one', 'eins'));
    expect(() => synth(file('f', { content: V1.replace('one', 'ONE') }))).toThrow('One file was changed');
    const before = fs.readdirSync(directory.path, { recursive: true }).sort();
    expect(() => eject(V1)).toThrow(/f: choose between[^]*Nothing was changed\.$/);
    expect(fs.readdirSync(directory.path, { recursive: true }).sort()).toEqual(before);
  });
});

test('the last synth merges what it can, and where both changed a line the user\'s stays', () => {
  synth(file('f', { content: V1 }));
  write('f', V1.replace('one', 'eins').replace('five', 'five\nmine'));
  process.env.PROJEN_EJECTING = 'true';
  const told = synth(file('f', { content: V1.replace('one', 'ONE').replace('three', 'THREE') }));
  expect(read('f')).toBe('eins\ntwo\nTHREE\nfour\nfive\nmine\n');
  expect(told.join('\n')).toContain("f: where the project's latest changes overlap yours, yours were kept");
});
