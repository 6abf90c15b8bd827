import * as fs from 'node:fs';
import * as path from 'node:path';
import { interleaved } from './measure';
import { type Row, seconds } from './table';
import { ROOT, run } from '../testing/harness/process';

const FILES = 200;

/**
 * What synced files cost a synth in which nothing changed: the whole Node.js process of a plain projen project with 200
 * of them and of the same project without; and what they add to the repository.
 *
 * @param packages a directory whose `node_modules` hold projen and this package
 */
export async function syncedFiles(packages: string, env: NodeJS.ProcessEnv, runs: number): Promise<Row[]> {
  const source = path.join(packages, 'sync-source');
  writeVariations(source);
  const synth = project(
    packages, 'with', `new SyncedDirectory(project, 'files', { sourcePath: ${JSON.stringify(source)} });`, env,
  );
  const without = project(packages, 'without', '', env);
  await synth();
  const tree = path.join(packages, 'with');
  const memory = path.join(tree, '.projen', 'sync');
  const before = newest(tree);
  const times = await interleaved({ synth, without }, Math.max(runs, 9));
  if (newest(tree) !== before) {
    throw new Error('A synth in which nothing changed wrote a synced file or its memory.');
  }
  const sizes = below(memory).map(file => fs.statSync(file).size);
  if (sizes.length < FILES) { throw new Error(`The memory holds ${sizes.length} files.`); }
  const kilobytes = sizes.reduce((sum, size) => sum + size, 0) / 1000;
  return [
    {
      what: `synth with ${FILES} synced files, nothing changed, above one without`, ours: seconds(times.synth),
      other: seconds(times.without), figure: times.synth - times.without, target: 0.15, unit: 's',
    },
    {
      what: `memory of ${FILES} synced files`, ours: `${kilobytes.toFixed(1)} kB`, other: '-', figure: kilobytes,
      target: 200, unit: 'kB',
    },
  ];
}

/**
 * A plain projen project in a directory of its own, and its synth. Both load this package, so that only the files make
 * the difference.
 */
function project(packages: string, name: string, statement: string, env: NodeJS.ProcessEnv): () => Promise<unknown> {
  const directory = path.join(packages, name);
  const rcFile = path.join(directory, '.projenrc.js');
  fs.mkdirSync(directory, { recursive: true });
  fs.writeFileSync(rcFile, `const { Project } = require('projen');
const { SyncedDirectory } = require('sagemaker-cicd-projen');
const project = new Project({ name: 'measured' });
${statement}
project.synth();
`);
  return async () => run('node', [rcFile], { cwd: directory, env: { ...env, PROJEN_DISABLE_POST: 'true' } });
}

/** Files of the sizes that our templates have: each of them several times, with one line that differs. */
function writeVariations(directory: string): void {
  const root = path.join(ROOT, 'templates');
  const templates = ['python', 'infra-ts', 'infra-py', 'docs'].flatMap(part => below(path.join(root, part)))
    .filter(file => !file.includes('__pycache__') && !/\/\.[^/]+/.test(path.relative(root, file))).sort();
  for (let i = 0; i < FILES; i++) {
    const file = templates[i % templates.length];
    const target = path.join(directory, `${Math.floor(i / templates.length)}`, path.relative(root, file));
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, `${fs.readFileSync(file, 'utf8')}# ${i}\n`);
  }
}

function below(directory: string): string[] {
  return fs.readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath, entry.name));
}

/** When the newest synced file or entry of the memory was written, in milliseconds. */
function newest(tree: string): number {
  return Math.max(...['files', path.join('.projen', 'sync')].flatMap(part =>
    below(path.join(tree, part))).map(file => fs.statSync(file).mtimeMs));
}
