import { Workspace } from './workspace';
import { FileState } from '../../src/sync/decision';
import { applyChanges } from '../../src/sync/journal';
import { restoreChanges } from '../../src/sync/restore';

const V1 = 'one\ntwo\nthree\n';
const V2 = V1.replace('two', 'TWO');

let w: Workspace;
beforeEach(() => { w = new Workspace(); });
afterEach(() => { w.remove(); });

describe('a file that is given back to the project', () => {
  const restore = (file: string) => { applyChanges(w.root, restoreChanges(w.root, [file])); };

  test('is not in conflict any more', () => {
    w.sync({ path: 'f', content: V1 });
    w.write('f', Buffer.from([0, 1]));
    w.sync({ path: 'f', content: V2 });
    restore('f');
    for (const state of [FileState.CREATED, FileState.UNCHANGED]) {
      expect(w.state({ path: 'f', content: V2 })).toBe(state);
    }
  });

  test('a second time leaves the user\'s version of the first time', () => {
    for (const mine of ['first', 'second']) {
      w.write('f', mine);
      restore('f');
      w.sync({ path: 'f', content: V1 });
    }
    expect([w.read('.projen/conflicts/f'), w.read('.projen/conflicts/f.1')]).toEqual(['second', 'first']);
  });
});
