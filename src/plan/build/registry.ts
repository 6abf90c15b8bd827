import type { NamedBuild } from './model';
import { arn } from '../arn';
import { objects, useKeyByAlias, KMS_GET } from '../roles/grants';
import type { Grant } from '../roles/role-model';
/** A model package group and where it is. */
type Registry = Pick<NamedBuild, 'place' | 'modelPackageGroup'>;

/** ARN of a group's model package group. */
export function modelPackageGroupArn(build: Registry): string {
  return arn(build.place, 'sagemaker', `model-package-group/${build.modelPackageGroup}`);
}

/** ARN of all packages of a group. */
export function modelPackagesArn(build: Registry): string {
  return arn(build.place, 'sagemaker', `model-package/${build.modelPackageGroup}/*`);
}

/** Calls that are about a group as well as its packages, or about nothing else. */
const OF_GROUPS = [
  'AddTags',
  'CreateModelPackage',
  'DescribeModelPackageGroup',
  'ListModelPackages',
].map(action => `sagemaker:${action}`);

/** Who reads a group's packages and artifacts from the deploy side. */
export function readPackages(build: Registry, sid: string, actions: readonly string[], why: string): Grant {
  return {
    sid,
    actions,
    resources: [
      ...(actions.some(action => OF_GROUPS.includes(action)) ? [modelPackageGroupArn(build)] : []),
      modelPackagesArn(build),
    ],
    why,
    wildcard: 'The registry assigns the version numbers.',
  };
}

/** Reading the artifacts of approved models. */
export function readArtifacts(build: NamedBuild): Grant[] {
  return [
    ...objects('Artifact', build.artifactBucket, 'read', 'Loads the model.'),
    useKeyByAlias(
      'ArtifactKey',
      build.place,
      build.keyAlias,
      KMS_GET,
      's3',
      "Decrypts the model, which uses the build environment's key.",
    ),
  ];
}
