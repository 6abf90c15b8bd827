import { type Job, optional, variables } from './job';
import type { EnvironmentType } from '../options/deployment-group';
import { DEPLOYER_ROLES } from '../plan/infrastructure/deployers';
import type { DeliveryInfrastructure } from '../plan/settings';

/** Folder of what a diff leaves. */
const FOLDER = 'diff';

/** Makes the templates. What deploys them gets the cloud assembly, as data, and no code. */
export function synthJob({ installCommands, synthCommand }: DeliveryInfrastructure): Job {
  return {
    name: 'synth',
    role: 'infrastructure.synth',
    tools: { nodejs: '22', python: '3.12' },
    inputs: ['Source'],
    variables: [],
    steps: [
      { name: 'install', kind: 'install', commands: installCommands },
      {
        name: 'synth', kind: 'work', commands: [
          synthCommand,
          'test -f cdk.out/manifest.json || { echo "infrastructure.synthCommand left no cdk.out/manifest.json: it has '
            + 'to write the cloud assembly to cdk.out." >&2; exit 1; }',
        ],
      },
    ],
    outputs: { files: ['cdk.out/**/*'] },
  };
}

/** How a stage looks whether anything changes, shows what would, and executes what was shown. */
export const CHANGE_WAYS = {
  look: { TOOL: 'diff', KEEP: 'no' }, diff: { TOOL: 'diff' }, execute: { TOOL: 'execute' },
} as const;

/**
 * Shows what a stage would change, or executes what was shown, in accounts of one type.
 *
 * The tools come straight from the object that they were deployed as, and run in a folder of their own: the job's
 * input, and every artifact, may be written by the code of a commit.
 */
export function changeJob(type: EnvironmentType): Job {
  const fetch = 'import boto3, os; e = os.environ; open("tools.zip", "wb").write(boto3.client("s3").get_object('
    + 'Bucket=e["TOOLS_BUCKET"], Key=e["TOOLS_KEY"], ExpectedBucketOwner=e["TOOLS_OWNER"])["Body"].read())';
  return {
    name: `change-${type}`,
    role: `infrastructure.${DEPLOYER_ROLES[type]}`,
    tools: { python: '3.12' },
    inputs: ['Assembly'],
    variables: [
      ...variables('plan', 'TOOLS_BUCKET', 'TOOLS_KEY', 'TOOLS_OWNER'),
      ...variables('run', 'TOOL', 'STAGE', 'EXECUTION_ID'), ...optional('run', 'KEEP', 'DIGEST'),
    ],
    steps: [{
      name: 'change', kind: 'work', commands: [
        ({ log }) => `export CHANGES=no DIFF="nothing changes" DIGEST="\${DIGEST:-none}" LOG="${log}"`,
        'tools="$(mktemp -d)"',
        `(cd "$tools" && python3 -c '${fetch}' && python3 -m zipfile -e tools.zip .)`,
        `rm -rf ${FOLDER}; mkdir ${FOLDER}`,
        [
          'case "$TOOL" in',
          `  diff) python3 "$tools/diff.py" cdk.out ${FOLDER} && . ${FOLDER}/exports.sh ;;`,
          '  execute) python3 "$tools/execute.py" . ;;',
          '  *) echo "Unknown tool: $TOOL" >&2; exit 1 ;;',
          'esac',
        ].join('\n'),
      ],
    }],
    outputs: { folder: FOLDER, variables: ['CHANGES', 'DIFF', 'DIGEST', 'LOG'] },
    ways: CHANGE_WAYS,
  };
}
