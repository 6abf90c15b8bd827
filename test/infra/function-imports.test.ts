import * as fs from 'node:fs';
import * as path from 'node:path';
import { keptAssembly } from '../../testing/deliveries/kept';
import { synthesizeMonitored } from '../../testing/deliveries/monitored';
import { cleanUp, temporary } from '../../testing/deliveries/synth';

jest.setTimeout(180_000);
afterAll(cleanUp);

const ASSEMBLIES: ReadonlyArray<readonly [string, () => string]> = [
  ...['gxp', 'workflows', 'workflowsOfAccounts'].map(name => [name, () => keptAssembly(name)] as const),
  ['monitored', () => synthesizeMonitored(temporary())],
];

/** Modules of our own: whatever one of the folders of tools or of the runner has. */
const OWN = new Set(['tools', 'runner/local_runner', 'monitor'].flatMap(folder => (
  fs.readdirSync(path.resolve(__dirname, '..', '..', folder), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.py')).map(file => path.basename(file, '.py')))));

/** What the files of a folder import from each other and do not find there. */
function missingIn(folder: string): string[] {
  const files = fs.readdirSync(folder).filter(file => file.endsWith('.py'));
  return files.flatMap(file => {
    const text = fs.readFileSync(path.join(folder, file), 'utf8');
    return [...text.matchAll(/^(?:from (\w+)[\w.]* import|import (\w+)$)/gm)].map(([, from, name]) => from ?? name)
      .filter(name => OWN.has(name) && !STANDARD.has(name) && !fs.existsSync(path.join(folder, `${name}.py`))
        && !fs.existsSync(path.join(folder, name)))
      .map(name => `${file}: ${name}`);
  });
}

/** Modules of Python that have the name of one of ours. */
const STANDARD = new Set(['queue', 'secrets', 'statistics', 'stat', 'types', 'copy', 'calendar', 'platform']);

test.each(ASSEMBLIES)('in %s whatever runs has every file that it imports', (_, assembly) => {
  const directory = assembly();
  const folders = fs.readdirSync(directory).map(name => path.join(directory, name))
    .filter(folder => /asset\./.test(folder) && fs.statSync(folder).isDirectory()
      && fs.readdirSync(folder).some(file => file.endsWith('.py')));
  expect(folders.length).toBeGreaterThan(1);
  expect(folders.flatMap(missingIn)).toEqual([]);
});
