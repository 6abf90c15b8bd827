import type { SageMakerCicdProjectOptions } from './project-options';
import { fill } from '../options/engine/fill';
import type { PullRequestOptions } from '../options/pull-request';
import type { Filled } from '../options/schemas/filled';
import { projectSchema } from '../options/schemas/project-schema';
import type { SourceOptions } from '../options/source';
import type { TrainingOptions } from '../options/training';
import type { UpgradeOptions } from '../options/upgrade';

/** The options of a project with every default filled in that is a value. */
export type FilledProject = Omit<
  Filled<'RepositoryOptions', SageMakerCicdProjectOptions>, 'outdir' | 'pullRequests' | 'source' | 'training' | 'upgrade'
> & {
  readonly outdir: string;
  readonly pullRequests: Filled<'PullRequestOptions', PullRequestOptions>;
  readonly source: Filled<'SourceOptions', SourceOptions>;
  readonly training: Filled<'TrainingOptions', TrainingOptions>;
  readonly upgrade: Filled<'UpgradeOptions', UpgradeOptions>;
};

/** Fills in the defaults; of options that are wrong it leaves what is wrong as it is. */
export function filledProject(options: SageMakerCicdProjectOptions): FilledProject {
  return fill(projectSchema, options) as FilledProject;
}
