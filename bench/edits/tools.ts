import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Template } from './template';
import { run } from '../../testing/harness/process';

const COPIER = 'copier==9.19.1';
const COOKIECUTTER = 'cookiecutter==2.7.1';

/** Something that makes a tree from a template and brings it to the template's second version later. */
export interface Tool {
  readonly name: string;
  /** Makes a tree from the first version in an empty directory. */
  create(tree: string): Promise<void>;
  /**
   * Brings a tree to the second version as the tool's documentation says; it may end with an error when conflicts are
   * left.
   */
  update(tree: string): Promise<void>;
}

/** Runs commands of tools in a tree. */
export type Command = (
  command: string, args: readonly string[], cwd: string, extra?: NodeJS.ProcessEnv,
) => Promise<unknown>;

/**
 * All tools on the same template.
 *
 * @param packages a directory whose `node_modules` holds projen and this package; trees must lie below it
 */
export async function tools(
  template: Template, packages: string, env: NodeJS.ProcessEnv,
): Promise<{ readonly ours: Tool; readonly others: Tool[] }> {
  const command: Command = async (name, args, cwd, extra = {}) => run(name, args, { cwd, env: { ...env, ...extra } });
  const moved = template.changes.filter(({ newPath }) =>
    newPath !== undefined).map(({ file, newPath }) => [newPath, file]);
  return {
    ours: projen(
      'SyncedDirectory', `const moved = ${JSON.stringify(moved)}.filter(([name]) => files.includes(name));
new SyncedDirectory(project, '.', { sourcePath: process.env.TEMPLATE, renamed: Object.fromEntries(moved) });`,
      template, packages, env,
    ),
    others: [
      projen('projen SampleFile', 'for (const file of files) { new SampleFile(project, file, { sourcePath: '
        + 'path.join(process.env.TEMPLATE, file) }); }', template, packages, env),
      await copier(template, packages, command),
      cookiecutter('cookiecutter --overwrite-if-exists', [], template, packages, command),
      cookiecutter('cookiecutter --skip-if-file-exists', ['--skip-if-file-exists'], template, packages, command),
    ],
  };
}

function projen(name: string, statement: string, template: Template, packages: string, env: NodeJS.ProcessEnv): Tool {
  const rcFile = path.join(packages, `${name.replace(/\W/g, '-')}.js`);
  fs.writeFileSync(rcFile, `const fs = require('fs'); const path = require('path');
const { Project, SampleFile } = require('projen');
const { SyncedDirectory } = require('sagemaker-cicd-projen');
const files = fs.readdirSync(process.env.TEMPLATE, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile())
  .map(entry => path.relative(process.env.TEMPLATE, path.join(entry.parentPath, entry.name)));
const project = new Project({ name: 'tree' });
${statement}
project.synth();
`);
  const synth = async (tree: string, source: string): Promise<void> => {
    const { output } = await run('node', [rcFile], {
      cwd: tree, env: { ...env, TEMPLATE: source, PROJEN_DISABLE_POST: 'true' }, mayFail: true,
    });
    if (/^\w*(Type|Reference|Syntax)Error/m.test(output)) { throw new Error(output); }
  };
  return {
    name, create: async tree => synth(tree, template.first), update: async tree => synth(tree, template.second),
  };
}

async function copier(template: Template, directory: string, command: Command): Promise<Tool> {
  const source = path.join(directory, 'copier-template');
  const git = async (cwd: string, ...args: string[]): Promise<unknown> => command('git', args, cwd);
  const release = async (tree: string, tag: string): Promise<void> => {
    for (const name of fs.existsSync(source) ? fs.readdirSync(source) : []) {
      if (name !== '.git') { fs.rmSync(path.join(source, name), { recursive: true }); }
    }
    fs.cpSync(tree, source, { recursive: true });
    fs.writeFileSync(
      path.join(source, 'copier.yml'), '_exclude: [copier.yml, .git]\nname:\n  type: str\n  default: tree\n',
    );
    fs.writeFileSync(path.join(source, '{{_copier_conf.answers_file}}.jinja'), '{{ _copier_answers|to_nice_yaml -}}\n');
    await git(source, 'init', '--quiet');
    await git(source, 'add', '--all');
    await git(source, 'commit', '--quiet', '--message', tag);
    await git(source, 'tag', tag);
  };
  await release(template.first, '1.0.0');
  await release(template.second, '2.0.0');
  const call = async (cwd: string, ...args: string[]): Promise<unknown> =>
    command('uv', ['tool', 'run', '--quiet', '--from', COPIER, 'copier', ...args], cwd);
  const commit = async (tree: string): Promise<void> => {
    await git(tree, 'add', '--all');
    await git(tree, 'commit', '--quiet', '--allow-empty', '--message', 'work');
  };
  return {
    name: 'copier update',
    create: async tree => {
      await call(tree, 'copy', '--quiet', '--defaults', '--vcs-ref', '1.0.0', source, '.');
      await git(tree, 'init', '--quiet');
      await commit(tree);
    },
    update: async tree => {
      await commit(tree);
      await call(tree, 'update', '--quiet', '--defaults');
    },
  };
}

function cookiecutter(
  name: string, flags: readonly string[], template: Template, directory: string, command: Command,
): Tool {
  const source = (version: string, tree: string): string => {
    const root = path.join(directory, `cookiecutter-${version}`);
    if (!fs.existsSync(root)) {
      fs.cpSync(tree, path.join(root, '{{cookiecutter.name}}'), { recursive: true });
      renderAsTheyAre(path.join(root, '{{cookiecutter.name}}'));
      fs.writeFileSync(path.join(root, 'cookiecutter.json'), '{ "name": "tree" }');
    }
    return root;
  };
  const config = path.join(directory, 'cookiecutter.yml');
  fs.writeFileSync(
    config, `cookiecutters_dir: "${directory}/cookiecutters"\nreplay_dir: "${directory}/cookiecutter-replay"\n`,
  );
  const call = async (tree: string, root: string): Promise<unknown> => command('uv', [
    'tool', 'run', '--quiet', '--from', COOKIECUTTER, 'cookiecutter', '--no-input', '--config-file', config,
    '--overwrite-if-exists', ...flags,
    '--output-dir', path.dirname(tree), root, `name=${path.basename(tree)}`,
  ], directory);
  return {
    name,
    create: async tree => { await call(tree, source('first', template.first)); },
    update: async tree => { await call(tree, source('second', template.second)); },
  };
}

/**
 * Braces in files mean nothing to the template. Not with `_copy_without_render`: what is copied is overwritten even
 * with `--skip-if-file-exists` (cookiecutter 2.7.1, `generate_files`), which would count against it.
 */
function renderAsTheyAre(directory: string): void {
  for (const entry of fs.readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile()) { fs.writeFileSync(file, `{% raw %}${fs.readFileSync(file, 'utf8')}{% endraw %}`); }
  }
}
