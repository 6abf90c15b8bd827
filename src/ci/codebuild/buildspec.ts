import type { EngineWords, Job, Step } from '../job';

/** Phases of a build, by what a step is. */
const PHASES: { readonly [K in Step['kind']]: string } = { install: 'install', test: 'pre_build', work: 'build' };

/** What CodeBuild calls things (CodeBuild user guide, "Environment variables in build environments"). */
const WORDS: EngineWords = {
  folderOf: input => `$CODEBUILD_SRC_DIR_${input}`,
  log: '${CODEBUILD_BUILD_URL:-https://console.aws.amazon.com/codesuite/codebuild}',
};

/**
 * A job as a buildspec. A phase that fails ends the build: without `on-failure` later phases could run (CodeBuild user
 * guide, "Build specification reference for CodeBuild").
 */
export function buildspec({ tools, steps, outputs = {}, pushes }: Job): object {
  const phases = Object.entries(PHASES).flatMap(([kind, phase]): Array<[string, object]> => {
    const commands = steps.filter(step => step.kind === kind).flatMap(step => step.commands)
      .map(command => typeof command === 'string' ? command : command(WORDS));
    return commands.length === 0 && kind !== 'install' ? [] : [[phase, {
      ...(kind === 'install' ? { 'runtime-versions': tools } : {}),
      'on-failure': 'ABORT',
      ...(commands.length > 0 ? { commands } : {}),
    }]];
  });
  return {
    version: 0.2,
    env: {
      shell: 'bash',
      ...(outputs.variables ? { 'exported-variables': outputs.variables } : {}),
      ...(pushes ? { 'git-credential-helper': 'yes' } : {}),
    },
    phases: Object.fromEntries(phases),
    ...artifacts(outputs),
  };
}

/** The same as the text that a project holds. */
export function buildspecText(job: Job): string {
  return JSON.stringify({ ...buildspec(job), version: '0.2' }, undefined, 2);
}

function artifacts({ folder, files = folder ? ['**/*'] : undefined }: NonNullable<Job['outputs']>): object {
  return files ? { artifacts: { ...(folder ? { 'base-directory': folder } : {}), files } } : {};
}
