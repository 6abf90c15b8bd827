import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { synthesize, synthesizeWithFunction } from '../../testing/deliveries/assemblies';
import { cleanUp, temporary } from '../../testing/deliveries/synth';

const tools = process.env.TOOLS_VENV;
if (!tools) { throw new Error('TOOLS_VENV has to name a Python environment made from integ/requirements/tools.txt.'); }
afterAll(cleanUp);

const parent = temporary();
let assembly: string;

beforeAll(() => {
  // The default delivery, and beside it those whose events cross accounts and regions.
  [assembly] = ['default', 'sevenAccounts', 'regions'].map(name => synthesize(name, parent));
  synthesizeWithFunction('regions', 'far', parent);
});

test.each([
  ['the synthesized rules and gates', path.join(__dirname, 'python'), 100],
  ['the deploy tools and the checks before a deployment', path.resolve(__dirname, '..', '..', 'tools', 'tests'), 50],
])('%s do against moto what they are there for', (_, folder, atLeast) => {
  const args = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', '--strict-markers', folder];
  const env = { ...process.env, CLOUD_ASSEMBLY: assembly, PYTHONDONTWRITEBYTECODE: '1' };
  const { status, stdout, stderr } = spawnSync(path.join(tools, 'bin', 'python'), args, { encoding: 'utf-8', env });
  process.stdout.write(stdout.split('\n').slice(-3).join('\n'));
  expect(status === 0 ? '' : `${stdout}${stderr}`).toBe('');
  expect(Number(/(\d+) passed/.exec(stdout)?.[1])).toBeGreaterThan(atLeast);
});
