import { userEnvironment, withUv } from './environment';
import { startNpmRegistry } from './npm-registry';
import { packedPackages, type Packages } from './packages';
import { startPythonIndex } from './python-index';

/** Both registries with our packages in them, and the environment of a person who uses them. */
export interface Registries {
  readonly packages: Packages;
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** Starts an npm registry and a Python index that hold what `dist/` holds. */
export async function startRegistries(): Promise<Registries> {
  const packages = packedPackages();
  // A test runs with the Python that is there; fetching another one would hide that it is missing.
  const env = withUv(userEnvironment({ UV_PYTHON_DOWNLOADS: 'never' }));
  const npm = await startNpmRegistry(packages.tarball, env);
  const python = await startPythonIndex([packages.wheel, packages.sdist], 'sagemaker-cicd-projen');
  return {
    packages,
    env: { ...env, ...npm.env, ...python.env },
    stop: async () => {
      npm.stop();
      await python.stop();
    },
  };
}
