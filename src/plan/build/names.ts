import type { ContainerRepositoryOptions } from '../../options/container-repository';
import { EnvironmentType } from '../../options/deployment-group';
import { type GroupWords, namerFor } from '../names/planned-names';
import { placeOf } from '../place';
import type { DeliveryBuildEnvironment, DeliveryEnvironment, DeliverySettings } from '../settings';

/** A group's build environment. */
export function nameBuild(
  words: GroupWords, environment: DeliveryBuildEnvironment, repositories: readonly ContainerRepositoryOptions[],
  approvalRecords: boolean,
) {
  const { name, type, network, s3AccessLogsBucketArn, kmsKeyArn, inputDataKeyArns = [] } = environment;
  const place = placeOf(environment);
  const { regional, bucket } = namerFor(place);
  return {
    name, type, place, network, s3AccessLogsBucketArn, kmsKeyArn, inputDataKeyArns,
    existingModelPackageGroup: environment.existingModelPackageGroup ?? false,
    stack: regional('stack', ...words, 'build'),
    keyAlias: regional('keyAlias', ...words, 'build'),
    artifactBucket: bucket(...words, 'artifacts'),
    modelPackageGroup: regional('modelPackageGroup', ...words),
    pipelineName: regional('sagemakerPipeline', ...words),
    approvalRule: regional('rule', ...words, 'forwardapprovals'),
    decisionRule: approvalRecords ? regional('rule', ...words, 'forwarddecisions') : undefined,
    failureRule: regional('rule', ...words, 'forwardfailures'),
    sealRule: regional('rule', ...words, 'seal'),
    sealProject: regional('codeBuild', ...words, 'seal'),
    undelivered: regional('queue', ...words, 'undelivered'),
    repositories: repositories.map(({ name: repository, pullThroughCache: cache }) => ({
      name: repository,
      repository: regional(cache ? 'repositoryPrefix' : 'repository', ...words, repository),
      upstream: cache && { registryUrl: cache.upstreamRegistryUrl, credentialArn: cache.credentialArn },
    })),
  };
}

/** The roles of a build environment. */
export function nameBuildRoles(
  words: GroupWords, environment: DeliveryEnvironment, types: readonly EnvironmentType[],
  { containerRepositories: repositories, governance }: DeliverySettings,
) {
  const { role } = namerFor(placeOf(environment));
  const { approvalRecords, ruleApproval, jira, lifeCycleStages } = governance;
  const moves = (type: EnvironmentType) => lifeCycleStages && types.includes(type);
  return {
    build: role(...words, 'build'),
    pipeline: role(...words, 'pipeline'),
    processing: role(...words, 'processing'),
    training: role(...words, 'training'),
    sealer: role(...words, 'sealer'),
    sealTrigger: role(...words, 'sealtrigger'),
    forwarder: role(...words, 'forwarder'),
    approver: role(...words, 'approver'),
    ...(approvalRecords ? { refuser: role(...words, 'refuser') } : {}),
    ...(approvalRecords && ruleApproval?.groups.includes(words[1])
      ? { ruleApprover: role(...words, 'ruleapprover') } : {}),
    ...(approvalRecords && jira ? { jiraApprover: role(...words, 'jiraapprover') } : {}),
    ...(moves(EnvironmentType.DEV) ? { toQa: role(...words, 'toqa') } : {}),
    ...(moves(EnvironmentType.PREPROD) ? { toPreProduction: role(...words, 'topreproduction') } : {}),
    ...(moves(EnvironmentType.PROD) ? { toProduction: role(...words, 'toproduction') } : {}),
    ...(repositories.some(repository => repository.pullThroughCache)
      ? { repositories: role(...words, 'repositories') }
      : {}),
  };
}
