import type { DeliveryInfrastructure } from '../../plan/settings';

/** Folder of what a diff leaves. */
const FOLDER = 'diff';

/** Buildspec that makes the templates. What deploys them gets the cloud assembly, as data, and no code. */
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
    artifacts: { files: ['cdk.out/**/*'] },
  }, undefined, 2);
}

/**
 * Buildspec that shows what a stage would change (`TOOL` is "diff"), or executes what was shown ("execute").
 *
 * The tools come straight from the object that they were deployed as, and run in a folder of their own: the build's
 * input, and every artifact, may be written by the code of a commit.
 */
export function deploySpec(): string {
  const fetch = 'import boto3, os; e = os.environ; open("tools.zip", "wb").write(boto3.client("s3").get_object('
    + 'Bucket=e["TOOLS_BUCKET"], Key=e["TOOLS_KEY"], ExpectedBucketOwner=e["TOOLS_OWNER"])["Body"].read())';
  return JSON.stringify({
    version: '0.2',
    env: { 'shell': 'bash', 'exported-variables': ['CHANGES', 'DIFF', 'DIGEST', 'LOG'] },
    phases: {
      install: { 'runtime-versions': { python: '3.12' }, 'on-failure': 'ABORT' },
      build: {
        'on-failure': 'ABORT',
        'commands': [
          'export CHANGES=no DIFF="nothing changes" DIGEST="${DIGEST:-none}" '
            + 'LOG="${CODEBUILD_BUILD_URL:-https://console.aws.amazon.com/codesuite/codebuild}"',
          'tools="$(mktemp -d)"',
          `(cd "$tools" && python3 -c '${fetch}' && python3 -m zipfile -e tools.zip .)`,
          `rm -rf ${FOLDER}; mkdir ${FOLDER}`,
          [
            'case "$TOOL" in',
            `  diff) python3 "$tools/diff.py" cdk.out ${FOLDER} && . ${FOLDER}/exports.sh ;;`,
            '  execute) python3 "$tools/execute.py" . ;;',
            '  *) echo "There is no tool \'$TOOL\'." >&2; exit 1 ;;',
            'esac',
          ].join('\n'),
        ],
      },
    },
    artifacts: { 'base-directory': FOLDER, 'files': ['**/*'] },
  }, undefined, 2);
}
