import type { DeliverySettings } from './settings';
import type { EngineOptions } from '../options/delivery-engine';
import { HOSTS } from '../options/knowledge/hosts';

/**
 * What runs the jobs of `src/ci`: AWS CodePipeline with CodeBuild, the workflows of GitHub Actions, or the pipelines of
 * GitLab CI/CD.
 */
export type Engine = `${NonNullable<EngineOptions['type']>}`;

/** Which engine runs what of a delivery; where its repositories are hosted is said by their source. */
export interface Engines {
  /** Builds, releases, promotions and the infrastructure. */
  readonly delivery: Engine;
  /** The look for newer versions; undefined when nobody is to look. */
  readonly upgrade?: Engine;
}

/** Whether the repository's host runs the delivery: its workflows, or its pipelines. */
export function isHosted(delivery: Pick<DeliverySettings, 'engine'>): boolean {
  return delivery.engine.type !== 'codepipeline';
}

/**
 * Upgrades are run by the host where that can, since it opens pull requests in its own name. A job of GitLab's may push
 * nothing unless the project lets it (GitLab documentation, "CI/CD job token"), and without a connection nothing else can:
 * there nobody looks.
 */
export function enginesOf(
  { engine, source, upgrade }: Pick<DeliverySettings, 'engine' | 'source' | 'upgrade'>,
): Engines {
  const looks = upgrade.schedule !== 'never' && upgrade.pullRequests && engine.type !== 'gitlab-ci';
  const own: Engine = HOSTS[source.type].runsActions ? 'github-actions' : 'codepipeline';
  return { delivery: engine.type, ...(looks ? { upgrade: own } : {}) };
}
