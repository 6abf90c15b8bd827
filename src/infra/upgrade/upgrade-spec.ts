import * as fs from 'node:fs';
import * as path from 'node:path';
import { SourceType } from '../../options/source';

/**
 * Shell scripts of upgrades, at the package's root; files of their own, so that they can be checked and tested as they
 * are.
 */
const SCRIPTS = path.resolve(__dirname, '..', '..', '..', 'tools', 'upgrade');

/**
 * Buildspec of the scheduled build: tools, packages, the upgrade, then what is done with it for this kind of source.
 */
export function upgradeSpec(type: SourceType): string {
  const isCodeCommit = type === SourceType.CODECOMMIT;
  return JSON.stringify({
    version: '0.2',
    env: { shell: 'bash', ...(isCodeCommit ? { 'git-credential-helper': 'yes' } : {}) },
    phases: {
      install: {
        'runtime-versions': { nodejs: '22', python: '3.12' },
        'on-failure': 'ABORT',
        'commands': [script('prepare.sh'), 'npm ci'],
      },
      build: {
        'on-failure': 'ABORT',
        'commands': [
          // npm runs the tasks of ejected repositories too, where there is no projen.
          'npm run --silent setup',
          // Conflicts and failing tests leave a result as well; without one the upgrade has failed.
          'npm run --silent upgrade || test -f build/upgrade/result.json',
          script(isCodeCommit ? 'codecommit.sh' : 'patch.sh'),
        ],
      },
    },
  }, undefined, 2);
}

/**
 * The script as one command, without the lines that only concern it as a file, in a shell of its own: its settings and
 * its end are not the build's.
 */
export function script(file: string): string {
  const lines = fs.readFileSync(path.join(SCRIPTS, file), 'utf8').split('\n');
  return `(\n${lines.filter(line => !line.startsWith('#')).join('\n').trim()}\n)`;
}
