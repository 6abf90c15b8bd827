import { ENDPOINT_KINDS } from './kinds/kinds';
import type { NamedEnvironment } from './model';
import { endpointLogs } from './served-names';
import { bucketArn } from '../arn';
import type { NamedBuild, PlannedRepository } from '../build/model';
import { readArtifacts, readPackages } from '../build/registry';
import type { NamedGroup } from '../model';
import type { Place } from '../place';
import {
  useOwnKey, KMS_PUT, writeLogs, PUT_METRICS, pullFrameworkImages, pullOwnImages, joinNetwork, lookAtImages,
  ownRepositories,
} from '../roles/grants';
import type { PlannedRole, Grant, RoleId } from '../roles/role-model';
/** The running model's role. */
export function modelRole(environment: NamedEnvironment, build: NamedBuild): PlannedRole {
  const { place, network } = environment;
  return {
    ...environment.roles.model,
    purpose: environment.batch
      ? 'Execution role of the model: loads its artifact, reads data to score and writes predictions.'
      : 'Execution role of the model: loads its artifact, answers requests, captures data.',
    assumedBy: { service: 'sagemaker.amazonaws.com' },
    grants: [
      ...(environment.replicaGroup ? readCopies(environment) : readArtifacts(build)),
      ...ENDPOINT_KINDS[environment.endpoint.kind].written(environment),
      writeLogs(
        place,
        [endpointLogs(environment)],
        "Writes the container's log.",
        'sagemaker',
      ),
      PUT_METRICS,
      ...pullFrameworkImages(place),
      ...pullOwnImages(...ownImages(environment, build), place),
      ...joinNetwork(place, network, 'sagemaker'),
    ],
  };
}

/**
 * Images of the project's own. Elsewhere than in the build's region only their replicas are of use, and what is fetched
 * from other registries has none.
 */
function ownImages(
  { place, replicaGroup }: NamedEnvironment, build: NamedBuild,
): [Place, readonly PlannedRepository[]] {
  if (!replicaGroup) { return [build.place, build.repositories]; }
  return [{ account: build.place.account, region: place.region }, build.repositories.filter(r => !r.upstream)];
}

/** The model in this region, where the build is in another one. */
function readCopies({ deploymentBucket }: NamedEnvironment): Grant[] {
  return [{
    sid: 'CopyObjects',
    actions: ['s3:GetObject'],
    resources: [bucketArn(deploymentBucket, '/models/*')],
    why: 'Loads the copy of the model.',
    wildcard: 'Copies are stored by model version.',
  }, {
    sid: 'CopyBucket',
    actions: ['s3:GetBucketLocation', 's3:ListBucket'],
    resources: [bucketArn(deploymentBucket)],
    why: 'Loads the copy of the model.',
  }];
}

/** Copying a model and its package to another region. */
export function replicateRole(
  id: RoleId, environment: NamedEnvironment, { build }: NamedGroup, callers: readonly string[],
): PlannedRole {
  const copies = { place: environment.place, modelPackageGroup: environment.replicaGroup ?? '' };
  return {
    ...id,
    purpose: 'Assumed when a deployment is prepared: copies the approved model to this region and registers the '
      + 'copy.',
    assumedBy: { roles: callers },
    grants: [
      ...readArtifacts(build),
      {
        sid: 'CopyObjects',
        actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
        resources: [bucketArn(environment.deploymentBucket, '/models/*')],
        why: 'Makes the copy if it does not exist yet.',
        wildcard: 'Copies are stored by model version.',
      },
      {
        sid: 'CopyBucket',
        actions: ['s3:GetBucketLocation', 's3:ListBucket'],
        resources: [bucketArn(environment.deploymentBucket)],
        why: 'Checks whether the copy exists.',
      },
      useOwnKey(KMS_PUT, "Encrypts copies with the environment's key."),
      lookAtImages(
        environment.place,
        [build.place, { ...build.place, region: environment.place.region }]
          .flatMap(place => ownRepositories(place, build.repositories.filter(r => !r.upstream))),
        'Checks that the same image is in this region; SageMaker looks it up when the copy is registered.',
      ),
      readPackages(
        copies,
        'Copies',
        [
          'sagemaker:AddTags',
          'sagemaker:CreateModelPackage',
          'sagemaker:DescribeModelPackage',
          'sagemaker:ListModelPackages',
        ],
        'Registers the copy, once for each version.',
      ),
    ],
  };
}
