import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { UserError } from '../shared/command';

/** Names a Python with boto3; for repositories that have none of their own. */
export const PYTHON_VARIABLE = 'PREFLIGHT_PYTHON';

/**
 * Runs one of the package's scripts that talk to AWS, which reads its task from a JSON file; its exit code.
 *
 * @throws UserError when there is no Python to run it with
 */
export function runScript(directory: string, script: string, task: object): number {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'task-'));
  try {
    const file = path.join(folder, 'task.json');
    fs.writeFileSync(file, JSON.stringify(task));
    const python = pythonOf(directory);
    const { status, error } = spawnSync(python, [script, file], {
      stdio: 'inherit',
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    if (error) {
      throw new UserError(
        `${python} cannot be run (${error.message}). Name a Python that has boto3 in the variable `
          + `${PYTHON_VARIABLE}.`,
      );
    }
    return status ?? 1;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function pythonOf(directory: string): string {
  const own = ['bin/python', 'Scripts/python.exe']
    .map(name => path.join(directory, '.venv-sdk', name))
    .find(file => fs.existsSync(file));
  return process.env[PYTHON_VARIABLE] ?? own ?? 'python3';
}
