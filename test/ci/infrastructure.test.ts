import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { changeJob, executeShownJob, showJob } from '../../src/ci/infrastructure';
import type { Job } from '../../src/ci/job';
import { EnvironmentType } from '../../src/options/deployment-group';
import { cleanUp, temporary } from '../../testing/deliveries/synth';

afterAll(cleanUp);

const words = { log: 'the log', folderOf: (input: string) => `/inputs/${input}` };

/** Runs the commands of a job with a Python that notes what it is asked, and fails for one tool. */
function run(job: Job, failing = 'none') {
  const [bin, folder] = [temporary(), temporary()];
  fs.writeFileSync(path.join(bin, 'python3'), [
    '#!/bin/bash', 'printf "%s\\n" "$PWD: ${*/#-c/}" | head -1', `case "$*" in *${failing}.py*) exit 1 ;; *show.py*)`,
    'printf "export CHANGES=yes DIFF=sum DIGEST=dig\\n" > "${@: -1}/exports.sh" ;; esac', '',
  ].join('\n'), { mode: 0o755 });
  const commands = job.steps.flatMap(step => step.commands)
    .map(command => (typeof command === 'string' ? command : command(words)));
  const ran = spawnSync('bash', ['-ec', [...commands, 'echo "$CHANGES|$DIFF|$DIGEST|$LOG"'].join('\n')], {
    encoding: 'utf-8', cwd: folder, env: { PATH: `${bin}:${process.env.PATH}` },
  });
  return { ...ran, folder, lines: ran.stdout.trim().split('\n') };
}

describe('what is shown by reading alone', () => {
  test('comes from tools in a folder of their own, and is handed on', () => {
    const { lines, folder } = run(showJob());
    const tools = lines[0].split(':')[0];
    expect(tools).not.toBe(folder);
    expect(lines.slice(1)).toEqual([
      `${tools}: -m zipfile -e tools.zip .`, `${folder}: ${tools}/show.py cdk.out diff`, 'yes|sum|dig|the log',
    ]);
    expect(showJob().outputs).toEqual(changeJob(EnvironmentType.PROD).outputs);
  });
  test('is not handed on if it is refused', () => {
    expect(run(showJob(), 'show')).toMatchObject({ status: 1, stdout: expect.not.stringContaining('|') });
  });
  test('is deployed with the rights of its accounts, from the assembly beside the artifact of the diff', () => {
    const job = executeShownJob(EnvironmentType.PREPROD);
    expect(job).toMatchObject({ role: 'infrastructure.deployerPreprod', inputs: ['Assembly', 'Diff'] });
    const { lines, folder } = run(job);
    expect(lines[2]).toBe(`${folder}: ${lines[0].split(':')[0]}/execute_shown.py cdk.out /inputs/Diff`);
    expect(run(job, 'execute_shown').status).toBe(1);
  });
  test('needs no variable but those that the tools read', () => {
    expect(showJob().variables.map(v => v.name)).toEqual(['TOOLS_BUCKET', 'TOOLS_KEY', 'TOOLS_OWNER', 'STAGE']);
    expect(executeShownJob(EnvironmentType.DEV).variables.map(v => v.name))
      .toEqual(['TOOLS_BUCKET', 'TOOLS_KEY', 'TOOLS_OWNER', 'STAGE', 'EXECUTION_ID', 'DIGEST']);
  });
});
