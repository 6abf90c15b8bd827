import { spawnSync } from 'node:child_process';
import { PATHS_VARIABLE, SYNC_VARIABLE } from '../../project/sync/sync-request';
import { UserError } from '../shared/command';
import { openRepository } from '../shared/repository';
import { toolEnvironment } from '../shared/tool';

const USAGE = `Usage: sagemaker-cicd-projen restore <path>...

Replaces synced files with the project's version. Your versions are kept in .projen/conflicts/.
`;

/** Hands files back to the project, by a synth with that instruction. */
export function restore(args: readonly string[]): number {
  const paths = args.filter(arg => arg !== '--');
  if (paths.includes('--help') || paths.includes('-h')) {
    process.stdout.write(USAGE);
    return 0;
  }
  const flag = paths.find(arg => arg.startsWith('-'));
  if (flag !== undefined || paths.length === 0) {
    throw new UserError(
      `${flag === undefined ? 'Name the files to restore.' : `Unknown argument: ${flag}.`}\n\n${USAGE}`,
    );
  }
  const { root, rcFile } = openRepository(process.cwd());
  if (!rcFile) {
    throw new UserError('This directory has no .projenrc file, so there is no project to restore files from.');
  }
  const env = { ...toolEnvironment(root), [SYNC_VARIABLE]: 'restore', [PATHS_VARIABLE]: JSON.stringify(paths) };
  return spawnSync('npx', ['projen'], { cwd: root, env, stdio: 'inherit' }).status ?? 1;
}
