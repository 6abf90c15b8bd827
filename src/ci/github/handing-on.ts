import { action } from './actions';
import { expression } from './workflow-job';

/** Something that a job hands on: files under a name, whose digest goes the way of the workflow's own outputs. */
export interface HandedOn {
  readonly name: string;
  /** The workflow's job that made it. */
  readonly job: string;
  /** Its name among the artifacts of the run, if that is another one. */
  readonly artifact?: string;
}

/** The output with the digest of what a job hands on. */
export const DIGEST = 'handed-on';

/**
 * Where jobs work that check nothing out, with their first input, and where files are that go from job to job: below
 * the workspace. `runner.temp` is a path of the host also where the job is in a container.
 */
export const WORK = 'work';
const HANDED_ON = 'handed-on';

/** Where an input is, as a word of the shell; the first one is where the job works. */
export function folderOf(input: string, first: string): string {
  return input === first ? `"$GITHUB_WORKSPACE/${WORK}"` : `"$RUNNER_TEMP/${input}"`;
}

/** The values of a job's variables that name where its tools are, from the step `locate`. */
export const LOCATED = Object.fromEntries(['BUCKET', 'KEY', 'OWNER'].map(part => [
  `TOOLS_${part}`, expression(`steps.locate.outputs.${part.toLowerCase()}`),
]));

export function locate(parameter: string): object {
  return {
    name: 'locate',
    id: 'locate',
    env: { PARAMETER: parameter },
    run: ["python3 - >> \"$GITHUB_OUTPUT\" <<'LOCATE'", ...LOCATE, 'LOCATE'].join('\n'),
  };
}

export const LOCATE = [
  'import json, os',
  'import boto3',
  'where = json.loads(boto3.client("ssm").get_parameter(Name=os.environ["PARAMETER"])["Parameter"]["Value"])',
  'for part in ("bucket", "key", "owner"):',
  '    print(f"{part}={where[part]}")',
];

/** Fetches what a stack has published; the parameter is a stack's, and its owner is asked for, too. */
export function fetchPublished(input: string, parameter: string, target: string): object {
  return {
    name: `fetch ${input}`,
    env: { PARAMETER: parameter },
    run: [`TARGET=${target} python3 - <<'FETCH'`, ...FETCH, 'FETCH'].join('\n'),
  };
}

export const FETCH = [
  'import io, json, os, zipfile',
  'import boto3',
  'where = json.loads(boto3.client("ssm").get_parameter(Name=os.environ["PARAMETER"])["Parameter"]["Value"])',
  'found = boto3.client("s3").get_object('
    + 'Bucket=where["bucket"], Key=where["key"], ExpectedBucketOwner=where["owner"])',
  'zipfile.ZipFile(io.BytesIO(found["Body"].read())).extractall(os.environ["TARGET"])',
];

/** One file with everything, hidden files and modes included, and its digest as an output of the job. */
export function handOn(name: string, from: string, what: readonly string[]): object[] {
  return [
    {
      name: `pack ${name}`,
      id: 'hand-on',
      run: [
        `mkdir -p "$GITHUB_WORKSPACE/${HANDED_ON}"`,
        `FILE="$GITHUB_WORKSPACE/${HANDED_ON}/${name}.tar"`,
        `tar -C ${from} -cf "$FILE" ${what.join(' ')}`,
        'echo "digest=$(sha256sum < "$FILE" | cut -d " " -f 1)" >> "$GITHUB_OUTPUT"',
      ].join('\n'),
    },
    {
      uses: action('actions/upload-artifact'),
      with: {
        'name': name, 'path': `${HANDED_ON}/${name}.tar`, 'if-no-files-found': 'error', 'retention-days': 7,
        'overwrite': true,
      },
    },
  ];
}

export function takeOver({ name: input, job: from, artifact: name = input }: HandedOn, target: string): object[] {
  return [
    { uses: action('actions/download-artifact'), with: { name, path: HANDED_ON } },
    {
      name: `unpack ${name}`,
      env: { DIGEST: expression(`needs.${from}.outputs.${DIGEST}`) },
      run: [
        `FILE="$GITHUB_WORKSPACE/${HANDED_ON}/${name}.tar"`,
        'echo "$DIGEST  $FILE" | sha256sum --check --strict --status || '
          + `{ echo "The artifact ${name} is not what the job ${from} left: somebody replaced it." >&2; exit 1; }`,
        `mkdir -p ${target}`,
        `tar -C ${target} -xf "$FILE"`,
      ].join('\n'),
    },
  ];
}
