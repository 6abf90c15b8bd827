import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { packagePath, peerRanges } from '../../project/package-files';
import { UserError } from '../shared/command';
import { inRange } from '../shared/semver';
import { runTool } from '../shared/tool';

/** Says where this run of the command was given projen, so that it does not look for it again and again. */
const FOUND = 'SAGEMAKER_CICD_PROJEN_MODULES';

/** Whether this package finds projen by itself: npx leaves it out, being optional; a wheel brings it along. */
export function hasProjen(): boolean {
  try {
    require.resolve('projen');
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs `adopt` again in a process that finds projen: the repository's own when it fits, else one that is installed into
 * a temporary directory for this run.
 *
 * @throws UserError when there is none to be had
 */
export async function adoptWithProjen(root: string, args: readonly string[]): Promise<number> {
  if (process.env[FOUND] !== undefined) {
    throw new UserError(
      `projen was not found in ${process.env[FOUND]}. Install it beside this package: npm install projen`,
    );
  }
  const { projen, constructs } = peerRanges();
  const own = path.join(root, 'node_modules');
  if (fits(own, 'projen', projen) && fits(own, 'constructs', constructs)) { return adoptAgain(args, own); }
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'adopt-projen-'));
  const stay = (): void => {};
  // A Ctrl+C goes to the process below too; this one stays to tidy up.
  process.on('SIGINT', stay);
  try {
    await install(root, directory, [`projen@${projen}`, `constructs@${constructs}`]);
    return await adoptAgain(args, path.join(directory, 'node_modules'));
  } finally {
    process.off('SIGINT', stay);
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

async function install(root: string, directory: string, specs: readonly string[]): Promise<void> {
  process.stdout.write('Fetching projen for this run ...\n');
  // Settings of the repository, its registry for example, hold here too.
  const settings = path.join(root, '.npmrc');
  if (fs.existsSync(settings)) { fs.copyFileSync(settings, path.join(directory, '.npmrc')); }
  fs.writeFileSync(path.join(directory, 'package.json'), '{"private":true}\n');
  const args = [
    'install', '--prefix', directory, '--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund',
    ...specs,
  ];
  const { status, output } = await runTool('npm', args, { cwd: directory, env: process.env });
  if (status !== 0) {
    throw new UserError(
      `projen could not be fetched (npm install ${specs.join(' ')}, exit code `
        + `${status}):\n\n${output.trim()}\n\nNothing was written.`,
    );
  }
}

async function adoptAgain(args: readonly string[], modules: string): Promise<number> {
  const env = {
    ...process.env,
    [FOUND]: modules,
    NODE_PATH: [modules, process.env.NODE_PATH].filter(Boolean).join(path.delimiter),
  };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [packagePath('bin', 'sagemaker-cicd-projen'), 'adopt', ...args], {
      env,
      stdio: 'inherit',
    });
    child.on('error', reject);
    child.on('close', code => resolve(code ?? 1));
  });
}

function fits(modules: string, name: string, range: string): boolean {
  const manifest = path.join(modules, name, 'package.json');
  return (
    fs.existsSync(manifest)
    && inRange((JSON.parse(fs.readFileSync(manifest, 'utf8')) as { version: string }).version, range)
  );
}
