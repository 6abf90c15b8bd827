import type { DeliveryInfrastructure } from '../../plan/delivery';

/** Stacks that are deployed at the same time, where their needs allow it. */
const CONCURRENCY = 4;

/**
 * Buildspec that makes the templates. What deploys them gets the cloud assembly and what the CDK's command line is
 * installed from, no code.
 */
export function synthSpec({ installCommands, synthCommand }: DeliveryInfrastructure): string {
  return JSON.stringify({
    version: '0.2',
    env: { shell: 'bash' },
    phases: {
      install: {
        'runtime-versions': { nodejs: '22', python: '3.12' },
        'on-failure': 'ABORT',
        'commands': installCommands,
      },
      build: {
        'on-failure': 'ABORT',
        'commands': [
          synthCommand,
          'test -f cdk.out/manifest.json || { echo "infrastructure.synthCommand left no cdk.out/manifest.json: it has '
            + 'to write the cloud assembly to cdk.out." >&2; exit 1; }',
        ],
      },
    },
    artifacts: { files: ['cdk.out/**/*', 'package.json', 'package-lock.json'] },
  }, undefined, 2);
}

/**
 * Buildspec that deploys the stacks of the tier that the variable `TIER` names.
 *
 * Stacks are named by their exact paths in the app, which is what the CDK's command line matches; stacks of the nested
 * stage have longer paths and are never meant. Packages are installed without their scripts: nothing but the command
 * line itself runs with the right to deploy.
 */
export function deploySpec(tiers: { readonly [tier: string]: readonly string[] }): string {
  const cases = Object.entries(tiers).map(([
    tier, paths,
  ]) => `  ${tier}) stacks=(${paths.map(path => `'${path}'`).join(' ')}) ;;`);
  return JSON.stringify({
    version: '0.2',
    env: { shell: 'bash' },
    phases: {
      install: {
        'runtime-versions': { nodejs: '22' },
        'on-failure': 'ABORT',
        'commands': ['npm ci --ignore-scripts --no-audit --no-fund'],
      },
      build: {
        'on-failure': 'ABORT',
        'commands': [
          [
            'case "$TIER" in',
            ...cases,
            '  *) echo "No stacks are known for the tier \'$TIER\'." >&2; exit 1 ;;',
            'esac',
            [
              'npx --no -- cdk deploy --app cdk.out "${stacks[@]}" --exclusively --require-approval never --method '
                + 'change-set',
              `--import-existing-resources --concurrency ${CONCURRENCY} --progress events --ci --no-notices`,
            ].join(' '),
          ].join('\n'),
        ],
      },
    },
  }, undefined, 2);
}
