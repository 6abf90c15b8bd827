import type { DeliverySettings } from './settings';
import type { EngineOptions } from '../options/delivery-engine';
import { HOSTS } from '../options/knowledge/hosts';

/** What runs the jobs of `src/ci`: AWS CodePipeline with CodeBuild, or the workflows of GitHub Actions. */
export type Engine = `${NonNullable<EngineOptions['type']>}`;

/** Which engine runs what of a delivery; where its repositories are hosted is said by their source. */
export interface Engines {
  /** Builds, releases, promotions and the infrastructure. */
  readonly delivery: Engine;
  /** The look for newer versions; undefined when nobody is to look. */
  readonly upgrade?: Engine;
}

/** Upgrades are run by the host where that can, since it opens pull requests in its own name. */
export function enginesOf(
  { engine, source, upgrade }: Pick<DeliverySettings, 'engine' | 'source' | 'upgrade'>,
): Engines {
  const looks = upgrade.schedule !== 'never' && upgrade.pullRequests;
  const own: Engine = HOSTS[source.type].runsActions ? 'github-actions' : 'codepipeline';
  return { delivery: engine.type, ...(looks ? { upgrade: own } : {}) };
}
