import type { Repository } from '../../testing/harness/repository';

/**
 * Constrains the Python packages of others to what is locked, as a person may: an upgrade then takes the same way through uv, which finds
 * in a second what otherwise takes it a minute, since the SageMaker SDK is a search through hundreds of versions.
 */
export function holdPythonPackagesBack(repo: Repository): void {
  const versions = new Map<string, Set<string>>();
  for (const [, name, version] of repo.read('uv.lock').matchAll(/^\[\[package\]\]\nname = "(.+)"\nversion = "(.+)"$/gm)) {
    versions.set(name, (versions.get(name) ?? new Set()).add(version));
  }
  // What is locked twice, for different Pythons, cannot be held.
  const held = [...versions].filter(([name, locked]) => locked.size === 1 && name !== 'churn' && name !== 'sagemaker-cicd-projen')
    .map(([name, [version]]) => `    "${name}==${version}",\n`);
  repo.edit('pyproject.toml', '[tool.uv]\n', `$&constraint-dependencies = [\n${held.join('')}]\n`);
}
