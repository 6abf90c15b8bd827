import { arn, bucketArn, roleArn } from '../arn';
import type { EnvironmentRoles, PlannedEnvironment } from './model';
import type { PlannedBuild, PlannedRepository } from '../build/model';
import { readArtifacts, readPackages } from '../build/roles';
import { nameOf } from '../names/name-of';
import type { Place } from '../place';
import { joinNetwork, KMS_PUT, KMS_READ, lookAtImages, objects, ownRepositories, passRole, pullFrameworkImages, pullOwnImages, PUT_METRICS, useKeyByAlias, useOwnKey, writeLogs } from '../roles/grants';
import type { Grant, PlannedRole } from '../roles/role-model';

/** The tag by which a CloudFormation role recognises the models and endpoint configurations of its environment. */
export const ENVIRONMENT_TAG = 'sagemaker-cicd:endpoint';

type Environment = Omit<PlannedEnvironment, 'roles'>;

/** Who takes the roles on, and where the deploy pipeline keeps templates, by region. */
export interface EnvironmentCallers {
  readonly pipelineArn: string;
  readonly runnerArn: string;
  readonly templates: ReadonlyArray<{ readonly place: Place; readonly bucket: string; readonly keyAlias: string }>;
}

export function environmentRoles(
  words: readonly [string, string, string], environment: Environment, build: PlannedBuild, callers: EnvironmentCallers,
): EnvironmentRoles {
  const { place, network } = environment;
  const templates = callers.templates.find(t => t.place.region === place.region) ?? callers.templates[0];
  const named = (purpose: string) => {
    const name = nameOf('role', ...words, purpose);
    return { name, arn: roleArn(place, name), place };
  };
  const stack = arn(place, 'cloudformation', `stack/${environment.endpointStack}/*`);
  const stackId = 'CloudFormation appends an id that it makes up; the stack\'s name is exact.';
  const endpoint = arn(place, 'sagemaker', `endpoint/${environment.endpointName}`);

  const model: PlannedRole = {
    ...named('model'),
    purpose: 'The running model: loads its artifact, answers requests, captures data.',
    assumedBy: { service: 'sagemaker.amazonaws.com' },
    grants: [
      ...(environment.replicaGroup ? readCopies(environment) : readArtifacts(build)),
      {
        sid: 'Capture',
        actions: ['s3:PutObject'],
        resources: [`arn:{partition}:s3:::${environment.captureBucket}/*`],
        why: 'Requests and answers are captured.',
        wildcard: 'The service makes up the keys of captured data.',
      },
      useOwnKey([...KMS_PUT, 'kms:Encrypt'], 'Captured data is encrypted.'),
      writeLogs(place, [`/aws/sagemaker/Endpoints/${environment.endpointName}`], 'The container\'s output is logged.', 'sagemaker'),
      PUT_METRICS,
      ...pullFrameworkImages(place),
      ...pullOwnImages(...ownImages(environment, build), place),
      ...joinNetwork(place, network, 'sagemaker'),
    ],
  };
  const cloudFormation: PlannedRole = {
    ...named('cloudformation'),
    purpose: 'Makes the model, the endpoint configuration and the endpoint of the endpoint stack, and nothing else.',
    assumedBy: { service: 'cloudformation.amazonaws.com' },
    grants: [
      ...ownTagged(place, 'model', 'Model', environment.endpointName),
      ...ownTagged(place, 'endpoint-config', 'EndpointConfig', environment.endpointName),
      {
        sid: 'Endpoint',
        actions: ['AddTags', 'CreateEndpoint', 'DeleteEndpoint', 'DeleteTags', 'DescribeEndpoint', 'ListTags', 'UpdateEndpoint'].map(a => `sagemaker:${a}`),
        resources: [endpoint],
        why: 'The endpoint is made and updated; deleting is only for an endpoint whose very first creation failed.',
      },
      {
        sid: 'EndpointUsesConfig',
        actions: ['sagemaker:CreateEndpoint', 'sagemaker:UpdateEndpoint'],
        resources: [arn(place, 'sagemaker', 'endpoint-config/*')],
        conditions: { StringEquals: { [`aws:ResourceTag/${ENVIRONMENT_TAG}`]: environment.endpointName } },
        why: 'The endpoint is given its configuration.',
        wildcard: 'CloudFormation makes up the name of the configuration; the condition admits only this environment\'s.',
      },
      environment.replicaGroup
        ? readPackages({ place, modelPackageGroup: environment.replicaGroup }, 'Package', ['sagemaker:CreateModel', 'sagemaker:DescribeModelPackage'], 'The model is made from the copy of the approved package.')
        : readPackages(build, 'Package', ['sagemaker:CreateModel', 'sagemaker:DescribeModelPackage'], 'The model is made from the approved package.'),
      {
        sid: 'Assets',
        actions: ['s3:GetObject'],
        resources: [bucketArn(environment.deploymentBucket, '/assets/*')],
        why: 'Code of functions in the endpoint stack is read.',
        wildcard: 'Assets are named by the hash of their content.',
      },
      passRole('PassModelRole', [model.arn], 'sagemaker.amazonaws.com', 'The model gets its role.'),
      useOwnKey(['kms:CreateGrant', 'kms:DescribeKey'], 'The endpoint\'s volumes are encrypted.'),
      {
        sid: 'AssetKey',
        actions: ['kms:Decrypt'],
        resources: ['{key}'],
        conditions: { StringEquals: { 'kms:ViaService': `s3.${place.region ?? '{region}'}.amazonaws.com` } },
        why: 'Code of functions in the endpoint stack is encrypted.',
      },
    ],
  };
  const deploy: PlannedRole = {
    ...named('deploy'),
    purpose: 'Taken on by the deploy pipeline: makes and executes change sets of the endpoint stack.',
    assumedBy: { role: callers.pipelineArn },
    grants: [
      {
        sid: 'ChangeSets',
        actions: ['CreateChangeSet', 'DeleteChangeSet', 'DescribeChangeSet', 'DescribeStackEvents', 'DescribeStacks', 'ExecuteChangeSet'].map(a => `cloudformation:${a}`),
        resources: [stack],
        why: 'The endpoint stack is changed by change sets; why one failed is read from its events.',
        wildcard: stackId,
      },
      passRole('PassCloudFormationRole', [cloudFormation.arn], 'cloudformation.amazonaws.com', 'CloudFormation works with the environment\'s own role.'),
      ...objects('Template', templates.bucket, 'read', 'Template and configuration are read.'),
      useKeyByAlias('TemplateKey', templates.place, templates.keyAlias, KMS_READ, 's3', 'Template and configuration are encrypted.'),
    ],
  };
  const verify: PlannedRole = {
    ...named('verify'),
    purpose: 'Taken on by the checks and the smoke test: looks at the endpoint stack and invokes the endpoint.',
    assumedBy: { role: callers.runnerArn },
    grants: [
      {
        sid: 'Stack',
        actions: ['cloudformation:DescribeStacks', 'cloudformation:UpdateTerminationProtection'],
        resources: [stack],
        why: 'What is live is read from the endpoint stack, which is protected from deletion after it was made.',
        wildcard: stackId,
      },
      { sid: 'Endpoint', actions: ['sagemaker:DescribeEndpoint', 'sagemaker:InvokeEndpoint'], resources: [endpoint], why: 'The smoke test invokes the endpoint.' },
    ],
  };
  const publish: PlannedRole = {
    ...named('publish'),
    purpose: 'Taken on by the preparation of a deployment: publishes the assets of the endpoint stack.',
    assumedBy: { role: callers.runnerArn },
    grants: [
      {
        sid: 'Assets',
        actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
        resources: [bucketArn(environment.deploymentBucket, '/assets/*')],
        why: 'Assets are uploaded unless they are there.',
        wildcard: 'Assets are named by the hash of their content.',
      },
      { sid: 'AssetBucket', actions: ['s3:GetBucketLocation', 's3:ListBucket'], resources: [bucketArn(environment.deploymentBucket)], why: 'It is looked whether they are there.' },
      useOwnKey(KMS_PUT, 'Assets are encrypted.'),
    ],
  };
  const replicate = environment.replicaGroup ? replicateRole(named('replicate'), environment, environment.replicaGroup, build, callers) : undefined;
  return { deploy, cloudFormation, verify, publish, ...(replicate ? { replicate } : {}), model };
}

/** The key that encrypts what is in an environment. */
export function environmentKey({ endpoint, place, keyAlias }: Pick<PlannedEnvironment, 'endpoint' | 'place' | 'keyAlias'>): string {
  return endpoint.kmsKeyArn ?? arn(place, 'kms', `alias/${keyAlias}`);
}

/** Images of the project's own. Elsewhere than in the build's region only their replicas are of use, and what is fetched from other registries has none. */
function ownImages({ place, replicaGroup }: Environment, build: PlannedBuild): [Place, readonly PlannedRepository[]] {
  if (!replicaGroup) { return [build.place, build.repositories]; }
  return [{ account: build.place.account, region: place.region }, build.repositories.filter(r => !r.upstream)];
}

/** The model in this region, where the build is in another one. */
function readCopies({ deploymentBucket }: Environment): Grant[] {
  return [{
    sid: 'CopyObjects',
    actions: ['s3:GetObject'],
    resources: [bucketArn(deploymentBucket, '/models/*')],
    why: 'The copy of the model is loaded.',
    wildcard: 'Copies are kept by the version of the model.',
  }, { sid: 'CopyBucket', actions: ['s3:GetBucketLocation', 's3:ListBucket'], resources: [bucketArn(deploymentBucket)], why: 'The copy of the model is loaded.' }];
}

/** Copying a model and its package to another region. */
function replicateRole(id: Pick<PlannedRole, 'name' | 'arn' | 'place'>, environment: Environment, group: string, build: PlannedBuild, callers: EnvironmentCallers): PlannedRole {
  const copies = { place: environment.place, modelPackageGroup: group };
  return {
    ...id,
    purpose: 'Taken on by the preparation of a deployment: copies the approved model to this region and registers the copy.',
    assumedBy: { role: callers.runnerArn },
    grants: [
      ...readArtifacts(build),
      {
        sid: 'CopyObjects',
        actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
        resources: [bucketArn(environment.deploymentBucket, '/models/*')],
        why: 'The copy is made, unless it is there.',
        wildcard: 'Copies are kept by the version of the model.',
      },
      { sid: 'CopyBucket', actions: ['s3:GetBucketLocation', 's3:ListBucket'], resources: [bucketArn(environment.deploymentBucket)], why: 'It is looked whether the copy is there.' },
      useOwnKey(KMS_PUT, 'Copies are encrypted with the environment\'s key.'),
      lookAtImages(
        environment.place,
        [build.place, { ...build.place, region: environment.place.region }]
          .flatMap(place => ownRepositories(place, build.repositories.filter(r => !r.upstream))),
        'It is looked whether the same image is in this region, and SageMaker looks it up when the copy is registered.',
      ),
      readPackages(copies, 'Copies', ['sagemaker:AddTags', 'sagemaker:CreateModelPackage', 'sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'], 'The copy is registered, once for each version.'),
    ],
  };
}

/** Making, reading and deleting resources that CloudFormation names, kept to one environment by their tag. */
function ownTagged(place: Place, type: string, word: string, value: string): Grant[] {
  const resources = [arn(place, 'sagemaker', `${type}/*`)];
  const wildcard = 'CloudFormation makes up the name; the tag in the condition keeps it to this environment.';
  return [
    {
      sid: `Create${word}`,
      actions: ['sagemaker:AddTags', `sagemaker:Create${word}`],
      resources,
      conditions: { StringEquals: { [`aws:RequestTag/${ENVIRONMENT_TAG}`]: value } },
      why: 'Each deployment makes a new one.',
      wildcard,
    },
    {
      sid: `Delete${word}`,
      actions: [`sagemaker:Delete${word}`],
      resources,
      conditions: { StringEquals: { [`aws:ResourceTag/${ENVIRONMENT_TAG}`]: value } },
      why: 'The one that was replaced is removed.',
      wildcard,
    },
    {
      sid: `Read${word}`,
      actions: [`sagemaker:Describe${word}`, 'sagemaker:ListTags'],
      resources,
      why: 'CloudFormation looks whether it is there.',
      wildcard: 'CloudFormation makes up the name and asks for it before there are tags.',
    },
  ];
}
