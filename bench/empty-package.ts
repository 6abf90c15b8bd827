import * as fs from 'node:fs';
import * as path from 'node:path';
import { userEnvironment } from '../testing/harness/environment';
import { ROOT, run } from '../testing/harness/process';
import { Repository } from '../testing/harness/repository';
import { temporaryDirectory } from '../testing/harness/temporary';

const SOURCE = `import { Project, ProjectOptions, python } from 'projen';
/** A project with nothing but its rc file. */
export class EmptyProject extends Project {
  constructor(options: ProjectOptions) {
    super(options);
    new python.Projenrc(this, { pythonExec: '.venv/bin/python' });
  }
}
`;

/** A repository whose `.projenrc.py` uses a jsii package that has our peers and one empty project type. */
export async function emptyPackageRepository(env: NodeJS.ProcessEnv): Promise<Repository> {
  const wheel = await buildEmptyPackage();
  const repository = new Repository(temporaryDirectory('empty'), env);
  const write = (file: string, text: string): void => fs.writeFileSync(repository.path(file), text);
  write('.projenrc.py', 'from empty_jsii_package import EmptyProject\n\nEmptyProject(name="empty").synth()\n');
  write('package.json', '{ "private": true }');
  await repository.run('git', ['init', '--quiet']);
  await repository.run('npm', ['install', '--no-audit', '--no-fund', 'projen']);
  await repository.run('uv', ['venv', '--quiet', '.venv']);
  await repository.run(
    'uv', ['pip', 'install', '--quiet', '--python', '.venv/bin/python', wheel, 'projen', 'aws-cdk-lib', 'constructs'],
    { seconds: 600 },
  );
  await repository.run('.venv/bin/python', ['.projenrc.py']);
  return repository;
}

async function buildEmptyPackage(): Promise<string> {
  const directory = temporaryDirectory('empty-jsii-package');
  const own = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    peerDependencies: object; devDependencies: { [name: string]: string };
  };
  const peers = Object.keys(own.peerDependencies);
  fs.writeFileSync(path.join(directory, 'index.ts'), SOURCE);
  fs.writeFileSync(path.join(directory, 'README.md'), 'Empty.');
  fs.writeFileSync(path.join(directory, 'package.json'), JSON.stringify({
    name: 'empty-jsii-package', version: '0.0.0', description: 'Empty', license: 'Apache-2.0', main: 'index.js',
    types: 'index.d.ts',
    author: { name: 'Nobody', url: 'https://example.com' },
    repository: { type: 'git', url: 'https://example.com/empty.git' }, stability: 'experimental',
    peerDependencies: own.peerDependencies,
    devDependencies: Object.fromEntries(peers.map(name => [name, own.devDependencies[name]])),
    jsii: { outdir: 'dist', targets: { python: { distName: 'empty-jsii-package', module: 'empty_jsii_package' } } },
  }));
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(directory, 'node_modules'));
  const bin = (program: string): string => path.join(ROOT, 'node_modules', '.bin', program);
  const env = userEnvironment();
  await run(bin('jsii'), [], { cwd: directory, env });
  await run(bin('jsii-pacmak'), ['--target', 'python'], { cwd: directory, env });
  const dist = path.join(directory, 'dist', 'python');
  return path.join(dist, fs.readdirSync(dist).filter(name => name.endsWith('.whl'))[0]);
}
