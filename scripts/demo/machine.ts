import { execFileSync } from 'node:child_process';
import { UserFacingError } from './user-facing-error';
import { findPython } from '../python-tools';

/**
 * Checks that the machine has what a user's machine needs: Node.js 20, npm, git and Python 3.11, or later ones.
 *
 * @throws with everything that is missing, and what to do, in one message
 */
export function checkMachine(nodeVersion: string = process.versions.node): void {
  const problems: string[] = [];
  if (Number(nodeVersion.split('.')[0]) < 20) {
    problems.push(`Node.js is ${nodeVersion}; version 20 or later is needed. Install a newer one.`);
  }
  for (const program of ['git', 'npm', 'npx']) {
    try {
      execFileSync(program, ['--version'], { stdio: 'ignore' });
    } catch {
      problems.push(
        `The program ${program} is not on the PATH. Install it${program === 'git' ? '' : ' (it comes with Node.js)'}.`,
      );
    }
  }
  try {
    findPython();
  } catch (error) {
    problems.push((error as Error).message);
  }
  if (problems.length > 0) {
    throw new UserFacingError(
      `The demo cannot run on this machine:\n${problems.map(problem => `  - ${problem}`).join('\n')}`,
    );
  }
}
