import { userEnvironment, withUv } from './environment';
import { startNpmRegistry } from './npm-registry';
import { packedPackages, type Packages } from './packages';
import { startPythonIndex } from './python-index';

/** Both registries with our packages in them, and the environment of a person who uses them. */
export interface Registries {
  /** What was in them at the start. */
  readonly packages: Packages;
  /** Address of the Python index, which locks name: its pages and its files are below it. */
  readonly index: string;
  readonly env: NodeJS.ProcessEnv;
  /** Publishes a further version, which becomes the newest. */
  publish(packages: Packages): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts an npm registry and a Python index that hold one version of our packages: the one in `dist/` unless another
 * one is given.
 */
export async function startRegistries(packages: Packages = packedPackages()): Promise<Registries> {
  // A test runs with the Python that is there; fetching another one would hide that it is missing.
  const env = withUv(userEnvironment({ UV_PYTHON_DOWNLOADS: 'never' }));
  const npm = await startNpmRegistry(packages.tarball, env);
  const python = await startPythonIndex(pythonFiles(packages), 'sagemaker-cicd-projen');
  return {
    packages,
    index: python.url.replace(/simple$/, ''),
    env: { ...env, ...npm.env, ...python.env },
    publish: async further => {
      await npm.publish(further.tarball);
      python.publish(pythonFiles(further));
    },
    stop: async () => {
      npm.stop();
      await python.stop();
    },
  };
}

function pythonFiles({ wheel, sdist }: Packages): string[] {
  return sdist ? [wheel, sdist] : [wheel];
}
