import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { synthesize, synthesizeWithFunction } from './assemblies';
import { cleanUp, temporary } from '../../test/infra/synth';

const tools = process.env.TOOLS_VENV;
if (!tools) { throw new Error('TOOLS_VENV has to name a Python environment made from integ/requirements/tools.txt.'); }
afterAll(cleanUp);

test('the synthesized rules, gates and deploy tools do against moto what they are there for', () => {
  const parent = temporary();
  // The default delivery, and beside it those whose events cross accounts and regions.
  const [assembly] = ['default', 'sevenAccounts', 'regions'].map(name => synthesize(name, parent));
  synthesizeWithFunction('regions', 'far', parent);
  const args = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', '--strict-markers', path.join(__dirname, 'python')];
  const env = { ...process.env, CLOUD_ASSEMBLY: assembly, PYTHONDONTWRITEBYTECODE: '1' };
  const { status, stdout, stderr } = spawnSync(path.join(tools, 'bin', 'python'), args, { encoding: 'utf-8', env });
  process.stdout.write(stdout.split('\n').slice(-3).join('\n'));
  expect(status === 0 ? '' : `${stdout}${stderr}`).toBe('');
  expect(Number(/(\d+) passed/.exec(stdout)?.[1])).toBeGreaterThan(150);
});
