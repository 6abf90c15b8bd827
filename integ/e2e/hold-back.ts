import type { Repository } from '../../testing/harness/repository';

/** The repository, and what this package decides the version of. */
const OURS = ['churn', 'sagemaker-cicd-projen', 'projen'];

/**
 * Constrains the Python packages of others to what is locked, as a person may. An upgrade then does the same, but uv
 * finds in a second what otherwise takes it a minute: the SageMaker SDK is a search through hundreds of versions.
 */
export function holdPythonPackagesBack(repo: Repository): void {
  const versions = new Map<string, Set<string>>();
  const locked = /^\[\[package\]\]\nname = "(.+)"\nversion = "(.+)"$/gm;
  for (const [, name, version] of repo.read('uv.lock').matchAll(locked)) {
    versions.set(name, (versions.get(name) ?? new Set()).add(version));
  }
  // What is locked twice, for different Pythons, cannot be held.
  const held = [...versions]
    .filter(([name, all]) => all.size === 1 && !OURS.includes(name))
    .map(([name, [version]]) => `    "${name}==${version}",\n`);
  repo.edit('pyproject.toml', '[tool.uv]\n', `$&constraint-dependencies = [\n${held.join('')}]\n`);
}
