import { packageName } from './node-tools';
import { APP_GROUP } from '../commands';
import { packageVersion, peerRanges } from '../package-files';

/** The pinned SageMaker SDK; see the README for how it is raised. */
export const SAGEMAKER_SDK = 'sagemaker==3.27.0';

/** The dependency group of the user's own packages, which go to the containers with the code. */
export const MODEL_GROUP = 'model';

/**
 * Requirements by dependency group: `dev` for tests and linters, `model` for the user's own packages in the containers,
 * `sdk` for the SageMaker SDK alone, which is large and has demands of its own on the libraries that training uses, and
 * `infra` in the Python flavour.
 *
 * @param devDeps Python flavour: the requirements that the options name; undefined in the TypeScript flavour
 * @param ejected without projen itself; the wheel of this package keeps it as its own dependency
 */
export function pythonRequirements(
  devDeps?: readonly string[], ejected: boolean = false,
): { [group: string]: string[] } {
  const groups = {
    dev: ['pytest>=9,<10', 'ruff==0.17.*', 'mypy==2.4.*', 'pandas-stubs>=2.2'],
    [MODEL_GROUP]: [],
    sdk: [SAGEMAKER_SDK],
  };
  if (!devDeps) { return groups; }
  const app = appRequirements(devDeps);
  return { ...groups, [APP_GROUP]: ejected ? app.filter(requirement => !/^projen(?![\w-])/.test(requirement)) : app };
}

function appRequirements(devDeps: readonly string[]): string[] {
  const peers = peerRanges();
  const own = ['aws-cdk-lib', 'constructs', 'projen'].map(name => `${name}${pythonRange(peers[name])}`);
  const extra = devDeps.map(spec => toRequirement(spec));
  const named = extra.map(requirement => /^[A-Za-z0-9._-]+/.exec(requirement)?.[0] ?? requirement);
  return [...extra, ...own.filter(requirement => !named.some(name => requirement.startsWith(`${name}>`)))];
}

/** `projen new` writes npm specifications; this package has the same name and version on PyPI. */
function toRequirement(spec: string): string {
  const name = packageName(spec);
  if (name === 'sagemaker-cicd-projen' && spec === name) { return `${name}>=${packageVersion()}`; }
  return spec === name ? name : `${name}${pythonRange(spec.slice(name.length + 1))}`;
}

/**
 * Translates the npm ranges that occur (`^1.2.3`, `~1.2.3`, `>=1 <2`, `1.2.3`) to PEP 440; a PEP 440 range passes
 * unchanged.
 */
export function pythonRange(range: string): string {
  const version = /^([\^~]?)(\d+)\.(\d+)\.(\d+)(.*)$/.exec(range);
  if (!version) { return range.trim().split(/\s+/).join(','); }
  const [, operator, major, minor, patch, rest] = version;
  const from = `${major}.${minor}.${patch}${rest}`;
  if (operator === '^') { return `>=${from},<${major === '0' ? `0.${Number(minor) + 1}` : Number(major) + 1}`; }
  return operator === '~' ? `>=${from},<${major}.${Number(minor) + 1}` : `==${from}`;
}
