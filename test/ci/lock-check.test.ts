import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { uvCommand } from '../../scripts/python-tools';
import { LOCK_FITS, REQUIRE_LOCK } from '../../src/ci/lock-check';
import { cleanUp, temporary } from '../../testing/deliveries/synth';

const NOWHERE = 'http://127.0.0.1:9/simple';
const OURS = 'http://127.0.0.1:9/ours/simple/';

afterAll(cleanUp);

const project = (dependencies: string, model: string): string => `[project]
name = "churn"
version = "0.0.0"
requires-python = ">=3.11"
dependencies = [${dependencies}]

[dependency-groups]
model = [${model}]

[tool.uv]
package = false
default-groups = ["model"]
`;

/** A lock of one package from an index of the repository's own, as uv writes it. */
const LOCK = `version = 1
revision = 3
requires-python = ">=3.11"

[[package]]
name = "churn"
version = "0.0.0"
source = { virtual = "." }
dependencies = [
    { name = "six" },
]

[package.metadata]
requires-dist = [{ name = "six" }]

[package.metadata.requires-dev]
model = []

[[package]]
name = "six"
version = "1.17.0"
source = { registry = "${OURS}" }
wheels = [
    { url = "http://127.0.0.1:9/six-1.17.0-py2.py3-none-any.whl", hash = "sha256:${'4'.repeat(64)}", size = 11050 },
]
`;

function run(command: string, files: { readonly [name: string]: string }, index = NOWHERE) {
  const directory = temporary();
  for (const [name, text] of Object.entries(files)) { fs.writeFileSync(path.join(directory, name), text); }
  const uv = uvCommand();
  const folders = [...(path.isAbsolute(uv) ? [path.dirname(uv)] : []), process.env.PATH ?? ''];
  const env = {
    ...process.env, PATH: folders.join(path.delimiter), UV_DEFAULT_INDEX: index, UV_PYTHON_DOWNLOADS: 'never',
    UV_CACHE_DIR: path.join(directory, 'cache'),
  };
  const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: directory, encoding: 'utf8', env });
  const isKept = fs.existsSync(path.join(directory, 'uv.lock'))
    && fs.readFileSync(path.join(directory, 'uv.lock'), 'utf8') === files['uv.lock'];
  return { isFine: status === 0, stderr, isKept };
}

test('a lock fits without a network, whatever index this machine has', () => {
  const files = { 'pyproject.toml': project('"six"', ''), 'uv.lock': LOCK };
  expect(run('uv lock --check --offline', files).isFine).toBe(false);
  expect(run(LOCK_FITS, files)).toEqual({ isFine: true, stderr: '', isKept: true });
  expect(run(REQUIRE_LOCK, files)).toEqual({ isFine: true, stderr: '', isKept: true });
});

test.each([
  ['another package', project('"six", "toolz"', '')],
  ['a package of the group', project('"six"', '"toolz"')],
  ['another version', project('"six>=1.18"', '')],
  ['a package less', project('', '')],
  ['other versions of Python', project('"six"', '').replace('3.11', '3.12')],
  ['no TOML', '<<<<<<< yours\n'],
])('a lock does not fit a pyproject.toml with %s, and a build ends with what to do', (_, pyproject) => {
  const files = { 'pyproject.toml': pyproject, 'uv.lock': LOCK };
  expect(run(LOCK_FITS, files)).toEqual({ isFine: false, stderr: '', isKept: true });
  expect(run(REQUIRE_LOCK, files)).toEqual({
    isFine: false, isKept: true,
    stderr: 'error: uv.lock is not what pyproject.toml asks for: run uv lock in the repository and commit uv.lock\n',
  });
});

test('a lock that is missing does not fit', () => {
  expect(run(REQUIRE_LOCK, { 'pyproject.toml': project('"six"', '') }).stderr).toMatch(
    /^error: uv\.lock is not what pyproject\.toml asks for/,
  );
});
