import type { NamedBuild } from './model';
import { bucketArn } from '../arn';

/**
 * Where things are in the artifact bucket, below the name of the SageMaker pipeline; each folder has one role that
 * writes to it. `templates/python/pipelines` writes there (`package.py`, `pipeline.py`, `sdk.py`).
 */
export const FOLDERS = {
  /** Code and data of the repository, under their hashes. */
  build: ['code', 'data'],
  /** Data sets, reports and all else that processing jobs keep. */
  processing: ['runs'],
  /** Models, and the checkpoints of interrupted trainings. */
  training: ['models', 'checkpoints'],
  /** Artifacts of registered models, each written once. */
  sealer: ['sealed'],
} as const;

/** Everything in the folders that a role writes to. */
export function below(build: NamedBuild, writer: keyof typeof FOLDERS): string[] {
  return FOLDERS[writer].map(folder => bucketArn(build.artifactBucket, `/${build.pipelineName}/${folder}/*`));
}

/** The address of everything that is sealed, without a slash at the end. */
export function sealedPrefix(build: NamedBuild): string {
  return `s3://${build.artifactBucket}/${build.pipelineName}/${FOLDERS.sealer[0]}`;
}
