import { type Command, type Job, optional, variables } from './job';
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

/** Where the tools are: the object that they were deployed as. */
const TOOLS = variables('plan', 'TOOLS_BUCKET', 'TOOLS_KEY', 'TOOLS_OWNER');

const FETCH = 'import boto3, os; e = os.environ; open("tools.zip", "wb").write(boto3.client("s3").get_object('
  + 'Bucket=e["TOOLS_BUCKET"], Key=e["TOOLS_KEY"], ExpectedBucketOwner=e["TOOLS_OWNER"])["Body"].read())';

/**
 * Brings the tools into a folder of their own, `$tools`: the job's input, and every artifact, may be written by the
 * code of a commit.
 */
const FETCH_TOOLS = [
  'tools="$(mktemp -d)"',
  `(cd "$tools" && python3 -c '${FETCH}' && python3 -m zipfile -e tools.zip .)`,
] as const;

/** What is handed on where a diff finds nothing, or there is none. */
const NOTHING: Command = ({ log }) =>
  `export CHANGES=no DIFF="nothing changes" DIGEST="\${DIGEST:-none}" LOG="${log}"`;

/** What a diff hands on. */
const SHOWN = { folder: FOLDER, variables: ['CHANGES', 'DIFF', 'DIGEST', 'LOG'] } as const;

/** How a stage looks whether anything changes, shows what would, and executes what was shown. */
export const CHANGE_WAYS = {
  look: { TOOL: 'diff', KEEP: 'no' }, diff: { TOOL: 'diff' }, execute: { TOOL: 'execute' },
} as const;

/**
 * Shows what a stage would change, or executes what was shown, in accounts of one type. A diff leaves change sets, so
 * that both need the same rights.
 */
export function changeJob(type: EnvironmentType): Job {
  return {
    name: `change-${type}`,
    role: `infrastructure.${DEPLOYER_ROLES[type]}`,
    tools: { python: '3.12' },
    inputs: ['Assembly'],
    variables: [
      ...TOOLS, ...variables('run', 'TOOL', 'STAGE', 'EXECUTION_ID'), ...optional('run', 'KEEP', 'DIGEST'),
    ],
    steps: [{
      name: 'change', kind: 'work', commands: [
        NOTHING,
        ...FETCH_TOOLS,
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
    outputs: SHOWN,
    ways: CHANGE_WAYS,
  };
}

/**
 * Shows what a stage would change with rights to read alone: it leaves nothing that could be executed. What it says
 * holds for the accounts and regions of the stage, whatever their type.
 */
export function showJob(): Job {
  return {
    name: 'show',
    role: 'infrastructure.differ',
    tools: { python: '3.12' },
    inputs: ['Assembly'],
    variables: [...TOOLS, ...variables('run', 'STAGE')],
    steps: [{
      name: 'change', kind: 'work', commands: [
        NOTHING,
        ...FETCH_TOOLS,
        `rm -rf ${FOLDER}; mkdir ${FOLDER}`,
        `python3 "$tools/show.py" cdk.out ${FOLDER}`,
        `. ${FOLDER}/exports.sh`,
      ],
    }],
    outputs: SHOWN,
  };
}

/** Tells people of a run that failed; it runs however the others ended. */
export function tellJob(): Job {
  return {
    name: 'tell',
    role: 'infrastructure.differ',
    tools: { python: '3.12' },
    inputs: [],
    variables: [...TOOLS, ...variables('run', 'OUTCOME')],
    steps: [{ name: 'tell', kind: 'work', commands: [...FETCH_TOOLS, 'python3 -u "$tools/telling.py"'] }],
  };
}

/** Deploys exactly what `showJob` has shown, in accounts of one type: the digest comes from that job itself. */
export function executeShownJob(type: EnvironmentType): Job {
  return {
    name: `execute-${type}`,
    role: `infrastructure.${DEPLOYER_ROLES[type]}`,
    tools: { python: '3.12' },
    inputs: ['Assembly', 'Diff'],
    variables: [...TOOLS, ...variables('run', 'STAGE', 'EXECUTION_ID', 'DIGEST')],
    steps: [{
      name: 'change', kind: 'work', commands: [
        ...FETCH_TOOLS,
        ({ folderOf }) => `python3 "$tools/execute_shown.py" cdk.out "${folderOf('Diff')}"`,
      ],
    }],
  };
}
