import * as path from 'node:path';
import type { DeliveryPlan } from '../../plan/model';
import { MONITOR_WORDS } from '../../plan/monitor/settings';
import { packagePath } from '../../project/package-files';
import { DELIVERY_FILE, readPlan } from '../accounts/delivery-file';
import { runScript } from '../accounts/python';
import { UserError } from '../shared/command';

const USAGE = `Usage: sagemaker-cicd-projen monitor-overview [--out <file>] [--config <file>]

Shows what the newest run of each monitor found, in every environment, and writes it as a page. It reads the monitoring
buckets with the credentials that you have; an environment that they cannot read is listed with the reason, and the
command then exits with 1.

  --out <file>      where the page is written (default: .local/monitor/overview.html)
  --config <file>   the delivery (default: config/delivery.json)
`;

/** Shows what was found in all environments. */
export function monitorOverview(args: readonly string[]): number {
  const flags: { [flag: string]: string } = {};
  const rest = args.filter(arg => arg !== '--');
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(USAGE);
    return 0;
  }
  while (rest.length > 0) {
    const flag = rest.shift()!;
    if (flag !== '--out' && flag !== '--config') { throw new UserError(`Unknown argument: ${flag}.\n\n${USAGE}`); }
    const value = rest.shift();
    if (value === undefined || value.startsWith('-')) { throw new UserError(`${flag} needs a value.\n\n${USAGE}`); }
    flags[flag] = value;
  }
  const directory = process.cwd();
  const plan = readPlan(directory, flags['--config'] ?? DELIVERY_FILE);
  const environments = monitoredOf(plan);
  if (environments.length === 0) {
    throw new UserError('No environment has monitors. Set "monitoring" of an endpoint, and run npx projen.');
  }
  return runScript(directory, packagePath('tools', 'operate', 'monitor_overview.py'), {
    project: plan.delivery.name, environments,
    out: path.resolve(directory, flags['--out'] ?? path.join('.local', 'monitor', 'overview.html')),
  });
}

/** The monitored environments, with where their results are and how often each monitor runs. */
export function monitoredOf({ groups }: DeliveryPlan): object[] {
  return groups.flatMap(group => group.environments.flatMap(({ name, place, monitoring }) => (monitoring ? [{
    group: group.name, environment: name, bucket: monitoring.bucket,
    ...(place.account ? { account: place.account } : {}),
    ...(place.region ? { region: place.region } : {}),
    monitors: monitoring.settings.monitors.map(({ kind, schedule, waitHours }) => ({
      kind: MONITOR_WORDS[kind], schedule, waitHours,
    })),
  }] : [])));
}
