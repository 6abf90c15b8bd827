import { Component, javascript, type Project } from 'projen';
import { peerRanges } from '../package-files';
import { isUserOwned } from '../sync/ownership';

/** Which npm packages a repository needs. */
export interface NodeToolsOptions {
  /** Whether the rc file and the CDK app are TypeScript. */
  readonly typescript: boolean;
  /** Further development dependencies. */
  readonly devDeps: string[];
}

/**
 * `package.json`: the command lines of projen and the CDK, and in the TypeScript flavour the libraries of the CDK app.
 *
 * @internal
 */
export class NodeTools extends Component {
  /** Undefined when `package.json` is the user's: projen would write it, and install what it says. */
  public readonly package?: javascript.NodePackage;

  public constructor(project: Project, options: NodeToolsOptions) {
    super(project);
    project.gitignore.exclude('/node_modules/');
    project.gitignore.include('/package-lock.json');
    if (isUserOwned(project, 'package.json')) { return; }
    const own = nodeRequirements(options.typescript, project.ejected);
    const devDeps = options.devDeps.filter(spec => !project.ejected || packageName(spec) !== 'projen');
    const wanted = devDeps.map(packageName);
    this.package = new (project.ejected ? LastNodePackage : javascript.NodePackage)(project, {
      packageManager: javascript.NodePackageManager.NPM,
      devDeps: [...devDeps, ...own.filter(spec => !wanted.includes(packageName(spec)))],
      minNodeVersion: '20.0.0',
      licensed: false,
      entrypoint: '',
    });
    this.package.addField('private', true);
  }
}

/** The npm packages that a repository needs, as specifications; without projen when it has been ejected. */
export function nodeRequirements(typescript: boolean, ejected: boolean = false): string[] {
  const peers = peerRanges();
  const libraries = ['aws-cdk-lib', 'constructs'].map(name => `${name}@${peers[name]}`);
  const rcFile = [`projen@${peers.projen}`, ...(typescript ? ['sucrase@^3.35.0'] : [])];
  return [
    ...(ejected ? [] : rcFile), 'aws-cdk@^2.1148.1',
    ...(typescript ? [...libraries, 'tsx@^4.20.0', 'typescript@^7.0.0', '@types/node@^20'] : []),
  ];
}

/**
 * `package.json` without the install after it: that would remove projen while projen still runs. The eject installs at
 * its end.
 */
class LastNodePackage extends javascript.NodePackage {
  public override postSynthesize(): void {}
}

/** The name in an npm package specification such as `@scope/name@^1.2.0`. */
export function packageName(spec: string): string {
  const at = spec.indexOf('@', 1);
  return at > 0 ? spec.slice(0, at) : spec;
}
