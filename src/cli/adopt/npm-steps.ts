import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Manifest } from './manifest';
import { lowest } from './version-range';
import { nodeRequirements, packageName } from '../../project/components/node-tools';
import { packageVersion, peerRanges } from '../../project/package-files';
import { compareVersions } from '../upgrade/version-order';

/** What a `package.json` that was there needs. */
export interface NpmSteps {
  /** Commands that add what is missing and raise what is too old. */
  readonly commands: readonly string[];
  /** What is there in another version than the project is tested with, in words. */
  readonly differing: readonly string[];
}

const PACKAGE = 'sagemaker-cicd-projen';

const MANAGERS = [
  { lock: 'pnpm-lock.yaml', dev: 'pnpm add --save-dev', run: 'pnpm add' },
  { lock: 'yarn.lock', dev: 'yarn add --dev', run: 'yarn add' },
] as const;
const NPM = { lock: 'package-lock.json', dev: 'npm install --save-dev', run: 'npm install' } as const;

/** Which package manager a repository uses, by its lock file. */
export function packageManager(root: string): typeof MANAGERS[number] | typeof NPM {
  return MANAGERS.find(({ lock }) => fs.existsSync(path.join(root, lock))) ?? NPM;
}

/** How a `package.json` that was there gets the packages of the project, with the fewest changes to what it says. */
export function npmSteps(root: string, manifest: Manifest, python: boolean): NpmSteps {
  const { dependencies = {}, devDependencies = {} } = manifest;
  const own = python ? [] : [`${PACKAGE}@^${packageVersion()}`];
  // What this package is not compatible with otherwise, and the command line that understands what the library writes.
  const demanded = new Set([...own.map(packageName), ...Object.keys(peerRanges()), 'aws-cdk']);
  const wanted = [...own, ...nodeRequirements(!python)].map(spec => {
    const name = packageName(spec);
    const range = spec.slice(name.length + 1);
    const present = dependencies[name] ?? devDependencies[name];
    return { spec, name, range, present, isOld: present !== undefined && isOlder(present, range), production: name in dependencies };
  });
  const needed = wanted.filter(({ name, present, isOld }) => present === undefined || (isOld && demanded.has(name)));
  const manager = packageManager(root);
  return {
    commands: [[manager.dev, needed.filter(({ production }) => !production)], [manager.run, needed.filter(({ production }) => production)]]
      .map(([command, packages]) => [command as string, ...(packages as typeof needed).map(({ spec }) => quoted(spec))])
      .filter(words => words.length > 1)
      .map(words => words.join(' ')),
    differing: wanted.filter(({ present, isOld }) => present !== undefined && isOld)
      .map(({ name, present, range }) => `${name} is ${present} in yours and ${range} in the project${demanded.has(name) ? '; the command raises it' : ''}`),
  };
}

function isOlder(present: string, range: string): boolean {
  const [theirs, ours] = [lowest(present), lowest(range)];
  return theirs !== undefined && ours !== undefined && compareVersions(theirs, ours) < 0;
}

/** An argument as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w@./:^~=+,-]+$/.test(word) ? word : `'${word}'`;
}
