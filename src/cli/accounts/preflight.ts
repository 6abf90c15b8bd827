import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseConfig, readPlan } from './delivery-file';
import { readJobDefaults } from './job-defaults';
import { preflightList } from '../../accounts/preflight';
import { packagePath } from '../../project/package-files';
import { UserError } from '../shared/command';

/** What looks at AWS. */
const SCRIPT = packagePath('tools', 'preflight', 'preflight.py');

/** Names a Python with boto3; for repositories that have none of their own. */
const PYTHON_VARIABLE = 'PREFLIGHT_PYTHON';

const USAGE = `Usage: sagemaker-cicd-projen preflight [--config <file>]

Reports what is missing before the first deployment: bootstraps, connections, repositories, networks, keys and
quotas of each account and region. Changes nothing. Needs credentials of the tooling account, and reads other
accounts with the lookup role of their bootstrap. Exits with 1 if something is missing.

  --config <file>   the delivery (default: config/delivery.json)
  ${PYTHON_VARIABLE}  variable that names a Python with boto3 (default: that of .venv-sdk/, else python3)
`;

/** Looks at everything that must be there before the first deployment. */
export function preflight(args: readonly string[]): number {
  const wanted = parseConfig(args, USAGE);
  if (!wanted) {
    process.stdout.write(USAGE);
    return 0;
  }
  const directory = process.cwd();
  const list = preflightList(readPlan(directory, wanted.config), readJobDefaults(directory));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'preflight-'));
  try {
    const file = path.join(folder, 'checks.json');
    fs.writeFileSync(file, JSON.stringify(list));
    const python = pythonOf(directory);
    const { status, error } = spawnSync(python, [SCRIPT, file], {
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
