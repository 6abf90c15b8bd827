import { spawnSync } from 'node:child_process';
import * as path from 'node:path';

const tools = process.env.TOOLS_VENV;
if (!tools) { throw new Error('TOOLS_VENV must name a Python environment made from integ/requirements/tools.txt.'); }
const folder = path.resolve(__dirname, '..', '..', 'testing', 'journey', 'python');

function run(tool: string, ...args: string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(path.join(tools!, 'bin', tool), args, {
    encoding: 'utf-8', cwd: folder,
  });
  return { status, output: `${stdout}${stderr}` };
}

describe('the interpreter of the journey', () => {
  // The stage lint of `npm test` runs the other half of ruff.
  test('is formatted by ruff', () => {
    expect(run('ruff', 'format', '--no-cache', '--check', folder)).toMatchObject({ status: 0 });
  });
  test('is clean for mypy in strict mode', () => {
    const cache = path.resolve(__dirname, '..', '..', 'build', 'mypy-journey');
    expect(run('mypy', '--config-file', 'mypy.ini', '--cache-dir', cache, '.')).toMatchObject({ status: 0 });
  });
});
