import { execFileSync, spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { findPython, toolEnvironment } from '../../scripts/python-tools';

/** Whether a command ends well. */
function works(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** Why the toolkits cannot be installed here; undefined when they can. */
function obstacle(): string | undefined {
  if (!['cc', 'gcc', 'clang'].some(compiler => works(compiler, '--version'))) {
    return 'there is no C compiler, which both toolkits need to be installed';
  }
  const version = execFileSync(findPython(), ['-c', 'import sys; print(sys.version_info[1])'], { encoding: 'utf-8' });
  return Number(version) > 13 ? 'the images\' pandas and numpy have no wheel for Python 3.14' : undefined;
}

const why = obstacle();
const title = 'the generated code trains and serves under the toolkits of the images, without a network';

if (why) {
  test.skip(`${title} (skipped: ${why})`, () => undefined);
} else {
  test(title, () => {
    const toolkits = toolEnvironment('toolkits');
    const args = ['-m', 'pytest', '-p', 'no:cacheprovider', '--strict-markers', '--durations=5', __dirname];
    // A network of its own has nothing but the loopback; where that is not allowed every proxy and index leads nowhere.
    const own = works('unshare', '--map-root-user', '--net', 'true');
    const command = [
      ...(own ? ['unshare', '--map-root-user', '--net'] : []), path.join(toolkits.directory, 'bin', 'python'), ...args,
    ];
    const env = { ...process.env, OWN_NETWORK: own ? '1' : '', PYTHONDONTWRITEBYTECODE: '1' };
    const { status, stdout, stderr } = spawnSync(command[0], command.slice(1), {
      cwd: __dirname, encoding: 'utf-8', env,
    });
    process.stdout.write(stdout.split('\n').slice(-9).join('\n'));
    expect(status === 0 ? '' : `${stdout}${stderr}`).toBe('');
    expect(Number(/(\d+) passed/.exec(stdout)?.[1])).toBeGreaterThan(200);
  });
}
