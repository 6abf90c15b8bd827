import { FLAGS } from './upgrade-fakes';
import { encodeEntry, entryName, remember, Remembered } from '../../src/sync/memory-entry';

/** What the fake programs have in common: the world they act in, and the wish to fail. */
const WORLD = `${FLAGS}
const world = read();
const line = [require('path').basename(process.argv[1]), ...argv].join(' ');
const fails = start => line === start || (start !== 'npx projen' && line.startsWith(start));
if (world.fail.some(fails)) { fail(world.fail + ': what went wrong'); }
const edit = (file, change) => fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8')));
`;

/** npm as far as an upgrade uses it. */
export const NPM = `${WORLD}
if (argv[0] === 'view') {
  const given = flags(argv.slice(2), ['--json']);
  const one = version => (given.rest.length === 1 ? version : { version, peerDependencies: world.peers });
  const wanted = argv[1].split('@')[1];
  const isRange = world.versions && /^[\\^~]/.test(wanted);
  const found = isRange ? world.versions.map(one) : one(wanted === 'latest' ? world.newest : wanted);
  console.log(JSON.stringify(found));
} else if (argv[0] === 'install') {
  for (const spec of flags(argv.slice(1), ['--save-dev', '--no-audit', '--no-fund']).rest) {
    const at = spec.indexOf('@', 1);
    edit('package-lock.json', text => {
      const lock = JSON.parse(text);
      const [name, version] = [spec.slice(0, at), spec.slice(at + 1)];
      if (/^\\d/.test(version)) { lock.packages['node_modules/' + name].version = version; }
      return JSON.stringify(lock);
    });
  }
} else if (argv[0] === 'update') { flags(argv.slice(1), ['--no-audit', '--no-fund']);
} else if (line !== 'npm run --silent test') { fail('unknown command ' + line); }`;

/** npx projen: the synth writes what the world says. */
export const NPX = `${WORLD}
if (line === 'npx projen') {
  if (world.requireCi && process.env.CI !== world.requireCi) { fail('CI is ' + process.env.CI); }
  if (world.says) { console.log('👾 default | node .projenrc.ts\\n' + world.says); }
  for (const [file, text] of Object.entries(world.synth)) { fs.writeFileSync(file, text); }
  if (world.conflict) {
    fs.mkdirSync('.projen/conflicts/' + require('path').dirname(world.conflict), { recursive: true });
    fs.copyFileSync(world.conflict, '.projen/conflicts/' + world.conflict);
    fs.writeFileSync(world.conflict, '<<<<<<< yours\\nmine\\n=======\\ntheirs\\n>>>>>>> generated\\n');
    fail('SyncConflictError');
  }
} else if (line !== 'npx projen test') { fail('unknown command ' + line); }`;

/** uv: a full upgrade brings two newer packages. */
export const UV = `${WORLD}
if (argv[0] === 'lock') {
  const given = flags(argv.slice(1), ['--upgrade', '--upgrade-package=']);
  const upgraded = text => text.replace('"2.0.0"', '"2.1.0"')
    .replace(/(name = "numpy"\\nversion = )"1.0.0"/, '$1"1.0.1"');
  if (given['--upgrade'] && !world.uv.unchanged) { edit('uv.lock', upgraded); }
} else if (!['--version', 'sync --frozen'].includes(argv.join(' '))) { fail('unknown command ' + line); }`;

const lock = (packages: { readonly [name: string]: string }): string =>
  JSON.stringify({
    packages: {
      '': {},
      ...Object.fromEntries(Object.entries(packages).map(([name, version]) => [`node_modules/${name}`, { version }])),
    },
  });

const UV_LOCK = `version = 1

[[package]]
name = "churn"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "pandas" },
]

[[package]]
name = "numpy"
version = "1.0.0"
source = { registry = "https://example.com/simple" }

[[package]]
name = "pandas"
version = "2.0.0"
source = { registry = "https://example.com/simple" }
dependencies = [
    { name = "numpy" },
]

[[package]]
name = "sagemaker"
version = "3.27.0"
source = { registry = "https://example.com/simple" }
`;

/** A small repository as it is committed, with what is installed in it. */
export function startingFiles(flavour: 'typescript' | 'python'): { [file: string]: string } {
  const train = 'mine\n';
  const entry = remember('model/train.py', Buffer.from(train), false, Remembered.LINES);
  const manifest = {
    devDependencies: {
      projen: '>=0.103.25 <1.0.0',
      ...(flavour === 'typescript' ? { 'sagemaker-cicd-projen': '^1.0.0', 'aws-cdk-lib': '^2.275.0' } : {}),
    },
  };
  return {
    '.gitignore': '/node_modules/\n/build/\n/.projen/conflicts/\n',
    'package.json': JSON.stringify(manifest),
    'package-lock.json': lock({
      projen: '0.103.25',
      ...(flavour === 'typescript' ? { 'sagemaker-cicd-projen': '1.0.0', 'aws-cdk-lib': '2.275.0' } : {}),
    }),
    'node_modules/sagemaker-cicd-projen/package.json': JSON.stringify({
      version: '1.0.0',
      peerDependencies: { projen: '>=0.103.25 <1.0.0' },
    }),
    '.projen/tasks.json': JSON.stringify({ tasks: { test: {} } }),
    [flavour === 'typescript' ? '.projenrc.ts' : '.projenrc.py']: '',
    'pyproject.toml': '[project]\n',
    'uv.lock': UV_LOCK,
    'buildspec.yml': 'version: 1\n',
    'model/train.py': train,
    // Text, since the files of the fixture are; the engine reads bytes.
    [`.projen/sync/${entryName(entry)}`]: encodeEntry(entry).toString('latin1'),
  };
}
