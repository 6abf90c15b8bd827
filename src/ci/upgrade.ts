import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Job, variables } from './job';
import { HOSTS } from '../options/knowledge/hosts';
import type { SourceType } from '../options/source';

/**
 * Shell scripts of upgrades, at the package's root; files of their own, so that they can be checked and tested as they
 * are.
 */
const SCRIPTS = path.resolve(__dirname, '..', '..', 'tools', 'upgrade');

/** Conflicts and failing tests leave a result as well; without one an upgrade has failed. */
export const LEFT_A_RESULT = 'test -f build/upgrade/result.json';

/** Looks for newer versions, upgrades the repository in a copy, and offers the result in the way of its host. */
export function upgradeJob(type: SourceType): Job {
  const { inAws } = HOSTS[type];
  return {
    name: 'upgrade',
    role: 'upgrade.runner',
    tools: { nodejs: '22', python: '3.12' },
    inputs: ['Source'],
    variables: [
      ...variables('plan', 'SOURCE_BRANCH', 'REPOSITORY', 'UPGRADE_BRANCH', ...(inAws ? [] : ['UPGRADE_LOCATION'])),
      ...variables('run', ...(inAws ? [] : ['SOURCE_COMMIT'])),
    ],
    steps: [
      { name: 'install', kind: 'install', commands: [inShell('prepare.sh'), 'npm ci'] },
      {
        name: 'upgrade', kind: 'work', commands: [
          // npm runs the tasks of ejected repositories too, where there is no projen.
          'npm run --silent setup', `npm run --silent upgrade || ${LEFT_A_RESULT}`,
        ],
      },
      { name: 'offer', kind: 'work', commands: [inShell(inAws ? 'codecommit.sh' : 'patch.sh')] },
    ],
    ...(inAws ? { pushes: true } : {}),
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
