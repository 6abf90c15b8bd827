import { type SageMakerCicdProjectOptions, SageMakerCicdProject } from '../../../src/project';
import { projectDirectory } from '../../../testing/project-directory';

const directory = projectDirectory();
const { exists, files, read, write } = directory;

function synth(options: Partial<SageMakerCicdProjectOptions> = {}): void {
  new SageMakerCicdProject({ name: 'churn', outdir: directory.path, ...options }).synth();
}

describe.each([
  ['TypeScript', false, '.projenrc.ts', 'infra/app.ts', '`inputDataUrl`'],
  ['Python', true, '.projenrc.py', 'infra/app.py', '`input_data_url`'],
])('AGENTS.md in the %s flavour', (_, projenrcPython, rcFile, appFile, option) => {
  test('names the options, the app and the commands of this repository, each of which exists', () => {
    synth({ projenrcPython });
    const text = read('AGENTS.md');
    for (const part of [rcFile, appFile, option, '--set max_depth=6`']) { expect(text).toContain(part); }
    expect(text).not.toMatch(/\{\{|\}\}/);
    const { tasks } = JSON.parse(read('.projen/tasks.json')) as { tasks: object };
    const named = [...text.matchAll(/`npx projen ([a-z:]+)/g)].map(([, name]) => name);
    expect(named).toEqual(expect.arrayContaining(['setup', 'test', 'sync:status']));
    expect(named.filter(name => !(name in tasks))).toEqual([]);
  });

  test('says of no file that it is of another kind than it is', () => {
    synth({ projenrcPython });
    const [synced, generated] = ['synced', 'generated'].map(kind =>
      [...(new RegExp(`^\\| (.*) \\| ${kind} \\|`, 'm').exec(read('AGENTS.md'))?.[1] ?? '').matchAll(/`([^`]+)`/g)]
        .map(([, file]) => file).filter(file => !file.includes('*')));
    const remembered = files().filter(file => file.startsWith('.projen/sync/')).map(file =>
      file.replace(/^\.projen\/sync\//, '').replace(/\.[0-9a-f]{16}$/, ''));
    const { files: byProjen } = JSON.parse(read('.projen/files.json')) as { files: string[] };
    const has = (list: readonly string[], name: string) =>
      list.some(file => file === name || (name.endsWith('/') && file.startsWith(name)));
    expect(synced.length).toBeGreaterThan(6);
    expect(generated.length).toBeGreaterThan(6);
    expect(synced.filter(name => !has(remembered, name) || has(byProjen, name))).toEqual([]);
    // projen lists read-only files alone.
    expect(generated.filter(name => !has([...byProjen, 'package.json', '.projen/x'], name))).toEqual([]);
  });
});

test('lines that a team adds to AGENTS.md stay when the project\'s lines change', () => {
  synth();
  write('AGENTS.md', `${read('AGENTS.md')}\nAsk Ada before you touch features.\n`);
  synth({ modelName: 'leavers' });
  expect(read('AGENTS.md')).toContain('Ask Ada before you touch features.');
  expect(read('AGENTS.md')).toContain('`leavers`');
});

test('an AGENTS.md that was there before is not touched', () => {
  write('AGENTS.md', 'Ours.\n');
  synth();
  expect(read('AGENTS.md')).toBe('Ours.\n');
});

test('an ejected repository\'s AGENTS.md knows no projen', () => {
  synth();
  process.env.PROJEN_EJECTING = 'true';
  synth();
  expect(read('AGENTS.md')).not.toMatch(/npx projen|\.projen/);
  expect(read('AGENTS.md')).toContain('`npm run test`');
  expect(exists('.projen')).toBe(false);
});
