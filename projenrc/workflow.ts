import { action } from '../src/ci/github/actions';

/** A workflow of GitHub Actions (GitHub documentation, "Workflow syntax for GitHub Actions"). */
export interface Workflow {
  readonly 'name': string;
  readonly 'run-name'?: string;
  readonly 'on': object;
  /** None: each job says what it needs. */
  readonly 'permissions': { readonly [scope: string]: never };
  readonly 'concurrency': object;
  readonly 'jobs': { readonly [id: string]: Job };
}

/** A job of it; a right that is more than to read says why. */
export interface Job {
  readonly 'name': string;
  readonly 'runs-on': string;
  readonly 'needs'?: readonly string[];
  readonly 'if'?: string;
  readonly 'environment'?: string;
  readonly 'permissions': { readonly [scope: string]: string };
  readonly 'outputs'?: { readonly [name: string]: string };
  readonly 'env'?: { readonly [name: string]: string };
  readonly 'steps': ReadonlyArray<{ readonly [key: string]: unknown }>;
}

type Step = Job['steps'][number];

/** Where jobs run; named, so that a newer system is a commit of its own. */
export const RUNNER = 'ubuntu-24.04';

/** The workflow's commit; nothing that runs afterwards finds a token in it. */
export function commit(more: { readonly [input: string]: unknown } = {}): Step {
  return { name: 'Checkout', uses: action('actions/checkout'), with: { ...more, 'persist-credentials': false } };
}

/** Node.js without a cache, which another workflow could have filled. */
export function nodejs(version: string): Step[] {
  return [{
    name: 'Node.js',
    uses: action('actions/setup-node'),
    with: { 'node-version': version, 'package-manager-cache': false },
  }];
}
