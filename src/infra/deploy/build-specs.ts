import type { DeliveryInfrastructure } from '../../plan/settings';

/** Buildspec of the first step: templates, parameters and all else that the environments of the waves need. */
export function prepareSpec(infrastructure: DeliveryInfrastructure, waves: number): string {
  return JSON.stringify({
    version: '0.2',
    env: { 'shell': 'bash', 'exported-variables': Array.from({ length: waves }, (_, i) => actionVariable(i)) },
    phases: {
      install: { 'runtime-versions': { nodejs: '22', python: '3.12' }, 'commands': infrastructure.installCommands },
      build: {
        'on-failure': 'ABORT',
        'commands': [
          infrastructure.synthCommand,
          'python3 "$CODEBUILD_SRC_DIR_Tools/prepare.py" --assembly cdk.out --output deployment',
          '. deployment/exports.sh',
        ],
      },
    },
    artifacts: { 'base-directory': 'deployment', 'files': ['**/*'] },
  }, undefined, 2);
}

/** Buildspec of checks and smoke tests: runs one of the tools in the folder of the deployment. */
export function verifySpec(): string {
  return JSON.stringify({
    version: '0.2',
    env: { 'shell': 'bash', 'exported-variables': ['SUMMARY'] },
    phases: {
      install: { 'runtime-versions': { python: '3.12' } },
      build: {
        'on-failure': 'ABORT',
        'commands': [
          'export SUMMARY="$TOOL of $ENVIRONMENT"',
          'rm -f exports.sh',
          'python3 "tools/$TOOL.py"',
          'if [ -f exports.sh ]; then . ./exports.sh; fi',
        ],
      },
    },
  }, undefined, 2);
}

/** Name of the variable that says whether a wave is deployed to or skipped. */
export function actionVariable(wave: number): string {
  return `ACTION_${wave}`;
}
