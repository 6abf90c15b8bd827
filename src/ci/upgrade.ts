import * as fs from 'node:fs';
import * as path from 'node:path';
import { type HostJob, type Job, type Step, variables } from './job';
import { HOSTS } from '../options/knowledge/hosts';
import type { SourceType } from '../options/source';

/**
 * Shell scripts of upgrades, at the package's root; files of their own, so that they can be checked and tested as they
 * are.
 */
const SCRIPTS = path.resolve(__dirname, '..', '..', 'tools', 'upgrade');

const TOOLS = { nodejs: '22', python: '3.12' };

const UPGRADE: Step = {
  name: 'upgrade', kind: 'work', commands: [
    // npm runs the tasks of ejected repositories too, where there is no projen.
    'npm run --silent setup',
    // Conflicts and failing tests leave a result as well; without one an upgrade has failed.
    'npm run --silent upgrade || test -f build/upgrade/result.json',
  ],
};

/** Looks for newer versions, upgrades the repository in a copy, and offers the result in the way of its host. */
export function upgradeJob(type: SourceType): Job {
  const { inAws } = HOSTS[type];
  return {
    name: 'upgrade',
    role: 'upgrade.runner',
    tools: TOOLS,
    inputs: ['Source'],
    variables: [
      ...variables('plan', 'SOURCE_BRANCH', 'REPOSITORY', 'UPGRADE_BRANCH', ...(inAws ? [] : ['UPGRADE_LOCATION'])),
      ...variables('run', ...(inAws ? [] : ['SOURCE_COMMIT'])),
    ],
    steps: [
      { name: 'install', kind: 'install', commands: [inShell('prepare.sh'), 'npm ci'] },
      UPGRADE,
      { name: 'offer', kind: 'work', commands: [inShell(inAws ? 'codecommit.sh' : 'patch.sh')] },
    ],
    ...(inAws ? { pushes: true } : {}),
  };
}

/** The same where the host runs it: what runs new packages must not push, so it keeps the result for `offerJob`. */
export function keepUpgradeJob(): HostJob {
  return {
    name: 'upgrade',
    tools: TOOLS,
    inputs: ['Source'],
    variables: [],
    steps: [
      { name: 'install', kind: 'install', commands: ['npm ci'] },
      UPGRADE,
      { name: 'keep', kind: 'work', commands: upgradeScript('keep.sh').split('\n') },
    ],
    outputs: { folder: 'build/upgrade', variables: ['CHANGED', 'COMMIT'] },
  };
}

/** Offers on GitHub what was kept; runs none of the new packages. */
export function offerJob(): HostJob {
  return {
    name: 'pull-request',
    tools: {},
    inputs: ['Source', 'Upgrade'],
    variables: [
      ...variables('plan', 'SOURCE_BRANCH', 'UPGRADE_BRANCH'),
      ...variables('run', 'SERVER_URL', 'GH_TOKEN', 'GH_ENTERPRISE_TOKEN'),
    ],
    steps: [{
      name: 'offer', kind: 'work', commands: [
        ({ folderOf }) => `UPGRADE="${folderOf('Upgrade')}"`,
        inShell('github.sh'),
      ],
    }],
    pushes: true,
  };
}

/** The script as one command in a shell of its own: its settings and its end are not the job's. */
export function inShell(file: string): string {
  return `(\n${upgradeScript(file)}\n)`;
}

/** A script without the lines that only concern it as a file. */
export function upgradeScript(file: string): string {
  const lines = fs.readFileSync(path.join(SCRIPTS, file), 'utf8').split('\n');
  return lines.filter(line => !line.startsWith('#')).join('\n').trim();
}
