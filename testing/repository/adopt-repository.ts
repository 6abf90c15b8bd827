import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** Files of a repository that knows nothing of this project, as people have them. */
export const FILES: { readonly [file: string]: string } = {
  'train.py': 'import pandas as pd\n\nprint(pd.__version__)\n',
  'pipeline.py': 'print("a pipeline of their own")\n',
  'package.json': `${JSON.stringify({
    name: '@team/Churn_Service', version: '1.4.0', scripts: { test: 'echo theirs' },
    dependencies: { 'left-pad': '^1.3.0' },
  }, null, 4)}\n`,
  'pyproject.toml': [
    '# Ours, with a comment.', '[project]', 'name = "churn_service"', 'version = "1.4.0"', 'requires-python = ">=3.11"',
    'dependencies = [', '    "pandas>=2.2,<4", # the same as ever', '    "tabulate==0.9.*",', ']', '', '[tool.black]',
    'line-length = 99', '',
  ].join('\n'),
  'cdk.json': '{"app": "node bin/website.js"}\n',
  'README.md': '# Churn\r\n\r\nWith carriage returns.\r\n',
  '.gitignore': 'node_modules/\n*.log',
  'tests/test_theirs.py': 'def test_theirs() -> None:\n    assert 1 + 1 == 2\n',
  'bin/website.js': 'console.log("a website");\n',
  'scripts/run.sh': '#!/bin/sh\necho theirs\n',
  'requirements.txt': 'pandas\n',
};

/** Makes a git repository of some files, one of them executable and one behind a link, and commits everything. */
export function makeRepository(directory: string, files: { readonly [file: string]: string } = FILES): void {
  fs.mkdirSync(directory, { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
    fs.writeFileSync(path.join(directory, file), text);
  }
  if (files['scripts/run.sh'] !== undefined) {
    fs.chmodSync(path.join(directory, 'scripts/run.sh'), 0o755);
    fs.symlinkSync('scripts/run.sh', path.join(directory, 'run'));
  }
  git(directory, 'init', '--quiet', '--initial-branch=main');
  commit(directory);
}

export function commit(directory: string): void {
  git(directory, 'add', '--all');
  git(directory, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet', '--message', 'theirs');
}

export function git(directory: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Everything in a repository but what git keeps for itself, as sorted relative paths. */
export function entriesOf(directory: string): string[] {
  return fs.readdirSync(directory, { recursive: true, withFileTypes: true })
    .map(entry => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .filter(name => !/^\.git(\/|$)/.test(name)).sort();
}

/** Everything about the files of a repository that adopting must not change. */
export function filesOf(directory: string): object[] {
  return entriesOf(directory)
    .map(file => ({ file, at: path.join(directory, file), stat: fs.lstatSync(path.join(directory, file)) }))
    .filter(({ stat }) => !stat.isDirectory())
    .map(({ file, at, stat }) => {
      const content = stat.isFile() ? fs.readFileSync(at).toString('base64') : '';
      return {
        file, mode: stat.mode, mtime: stat.mtimeMs, inode: stat.ino,
        content: stat.isSymbolicLink() ? fs.readlinkSync(at) : content,
      };
    });
}
