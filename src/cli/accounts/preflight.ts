import { parseConfig, readPlan } from './delivery-file';
import { readJobDefaults } from './job-defaults';
import { PYTHON_VARIABLE, runScript } from './python';
import { preflightList } from '../../accounts/preflight';
import { packagePath } from '../../project/package-files';

/** What looks at AWS. */
const SCRIPT = packagePath('tools', 'preflight', 'preflight.py');

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
  return runScript(directory, SCRIPT, preflightList(readPlan(directory, wanted.config), readJobDefaults(directory)));
}
