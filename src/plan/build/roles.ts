import { arn, roleArn } from '../arn';
import type { Place } from '../place';
import type { BuildRoles, PlannedBuild } from './model';
import { nameOf } from '../names/name-of';
import {
  joinNetwork, KMS_GET, KMS_PUT, KMS_READ, lookAtImages, objects, ownRepositories, passRole, pullFrameworkImages, pullOwnImages, PUT_METRICS,
  useKeyByAlias, useOwnKey, writeLogs,
} from '../roles/grants';
import type { Grant, PlannedRole } from '../roles/role-model';

/** Who works with a build environment, and on what data. */
export interface BuildScope {
  readonly runnerArn: string;
  readonly data: readonly string[];
  readonly forwarder: PlannedRole;
}

const JOB_NAMES = 'SageMaker Pipelines makes up the names of its jobs; they all begin with "pipelines-".';
const OUTPUTS = 'Code and data are read, results are written.';

/** Approving and serving are somebody else's business, whatever other policies say. */
function denyApproval(place: Place): Grant[] {
  return [
    {
      sid: 'NeverApprove',
      effect: 'Deny',
      actions: ['sagemaker:CreateModelPackage', 'sagemaker:UpdateModelPackage'],
      resources: [arn(place, 'sagemaker', 'model-package/*'), arn(place, 'sagemaker', 'model-package-group/*')],
      conditions: { StringEquals: { 'sagemaker:ModelApprovalStatus': ['Approved', 'Rejected'] } },
      why: 'Whoever builds a model neither approves nor rejects it.',
    },
    {
      sid: 'NeverServe',
      effect: 'Deny',
      actions: ['sagemaker:CreateEndpoint', 'sagemaker:UpdateEndpoint', 'sagemaker:UpdateEndpointWeightsAndCapacities', 'sagemaker:DeleteEndpoint'],
      resources: [arn(place, 'sagemaker', 'endpoint/*')],
      why: 'Only the deploy pipeline changes endpoints.',
    },
  ];
}

/** The role that forwards events; the bus lets in exactly this one. */
export function forwarderRole(words: readonly [string, string], build: PlannedBuild, busArn: string): PlannedRole {
  const { place } = build;
  const name = nameOf('role', ...words, 'forwarder');
  return {
    name, arn: roleArn(place, name), place,
    purpose: 'Forwards approvals, rejections and failures to the tooling account.',
    assumedBy: { service: 'events.amazonaws.com' },
    grants: [{ sid: 'Forward', actions: ['events:PutEvents'], resources: [busArn], why: 'The pipelines are in the tooling account.' }],
  };
}

export function buildRoles(words: readonly [string, string], build: PlannedBuild, scope: BuildScope): BuildRoles {
  const { place, network } = build;
  const { runnerArn, data, forwarder } = scope;
  const named = (purpose: string) => {
    const name = nameOf('role', ...words, purpose);
    return { name, arn: roleArn(place, name), place };
  };
  const jobs = (kind: string) => arn(place, 'sagemaker', `${kind}-job/pipelines-*`);
  const group = arn(place, 'sagemaker', `model-package-group/${build.modelPackageGroup}`);
  const packages = arn(place, 'sagemaker', `model-package/${build.modelPackageGroup}/*`);
  const pipelineArn = arn(place, 'sagemaker', `pipeline/${build.pipelineName}`);
  const service = { service: 'sagemaker.amazonaws.com' };

  const job = (purpose: 'processing' | 'training', log: string, what: string): PlannedRole => ({
    ...named(purpose),
    purpose: what,
    assumedBy: service,
    grants: [
      ...objects('Artifact', build.artifactBucket, 'read-write', OUTPUTS),
      ...readData(data),
      useOwnKey(['kms:CreateGrant', ...KMS_PUT, 'kms:DescribeKey', 'kms:Encrypt'], 'Artifacts and volumes are encrypted.'),
      writeLogs(place, [log], 'The container\'s output is logged.', 'sagemaker'),
      PUT_METRICS,
      ...pullFrameworkImages(place),
      ...pullOwnImages(place, build.repositories, place),
      ...joinNetwork(place, network, 'sagemaker'),
    ],
  });
  const processing = job('processing', '/aws/sagemaker/ProcessingJobs', 'Runs preprocess.py and evaluate.py.');
  const training = job('training', '/aws/sagemaker/TrainingJobs', 'Runs train.py.');

  const pipeline: PlannedRole = {
    ...named('pipeline'),
    purpose: 'Carries out the SageMaker pipeline: starts its jobs and registers the model.',
    assumedBy: service,
    grants: [
      {
        sid: 'Jobs',
        actions: ['Processing', 'Training'].flatMap(k => [`sagemaker:Create${k}Job`, `sagemaker:Describe${k}Job`, `sagemaker:Stop${k}Job`]).concat('sagemaker:AddTags', 'sagemaker:ListTags'),
        resources: [jobs('processing'), jobs('training')],
        why: 'The steps of the pipeline are jobs, tagged like the pipeline.',
        wildcard: JOB_NAMES,
      },
      passRole('PassJobRoles', [processing.arn, training.arn], 'sagemaker.amazonaws.com', 'Each job gets the role of its kind.'),
      {
        sid: 'Register',
        actions: ['sagemaker:AddTags', 'sagemaker:CreateModelPackage', 'sagemaker:DescribeModelPackage', 'sagemaker:DescribeModelPackageGroup'],
        resources: [group, packages],
        why: 'A model that passed its quality gate is registered.',
        wildcard: 'The registry numbers the versions.',
      },
      lookAtImages(place, ownRepositories(place, build.repositories), 'SageMaker looks up the image of a model that is registered.'),
      {
        sid: 'Experiment',
        actions: ['sagemaker:CreateExperiment', 'sagemaker:DescribeExperiment', 'sagemaker:AddTags'],
        resources: [arn(place, 'sagemaker', `experiment/${build.pipelineName}`)],
        why: 'SageMaker keeps an experiment for each pipeline.',
      },
      {
        sid: 'Trials',
        actions: ['AddTags', 'AssociateTrialComponent', 'CreateTrial', 'CreateTrialComponent', 'DescribeTrial', 'DescribeTrialComponent', 'UpdateTrialComponent']
          .map(a => `sagemaker:${a}`),
        resources: [arn(place, 'sagemaker', 'experiment-trial/*'), arn(place, 'sagemaker', 'experiment-trial-component/*')],
        why: 'Each execution is a trial of that experiment, each job one of its components.',
        wildcard: 'The service names trials and components after the ids of executions and jobs.',
      },
      ...objects('Artifact', build.artifactBucket, 'read', 'Conditions read the evaluation report.'),
      useOwnKey([...KMS_READ, 'kms:GenerateDataKey', 'kms:CreateGrant'], 'The evaluation report is encrypted, and jobs are given grants on the key.'),
      ...denyApproval(place),
    ],
  };

  const build_: PlannedRole = {
    ...named('build'),
    purpose: 'Taken on by the build project: uploads code under its hash, updates and starts the SageMaker pipeline.',
    assumedBy: { role: runnerArn },
    grants: [
      ...objects('Artifact', build.artifactBucket, 'write', 'Code is uploaded unless it is there.'),
      useOwnKey(KMS_PUT, 'What is uploaded is encrypted.'),
      {
        sid: 'Pipeline',
        actions: ['AddTags', 'CreatePipeline', 'DescribePipeline', 'StartPipelineExecution', 'UpdatePipeline'].map(a => `sagemaker:${a}`),
        resources: [pipelineArn],
        why: 'The pipeline is created or updated, tagged and started.',
      },
      {
        sid: 'Execution',
        actions: ['sagemaker:DescribePipelineExecution'],
        resources: [`${pipelineArn}/execution/*`],
        why: 'The build can wait for the execution that it started.',
        wildcard: 'The service makes up the ids of executions.',
      },
      passRole('PassPipelineRole', [pipeline.arn], 'sagemaker.amazonaws.com', 'The pipeline gets its role.'),
      ...denyApproval(place),
    ],
  };
  const approver: PlannedRole = {
    ...named('approver'),
    purpose: 'Taken on by people who approve or reject model packages; the only role of the delivery that may.',
    assumedBy: { account: place.account },
    grants: [
      readPackages(build, 'Packages', ['sagemaker:DescribeModelPackage', 'sagemaker:DescribeModelPackageGroup', 'sagemaker:ListModelPackages'], 'The package is looked at first.'),
      { sid: 'Approve', actions: ['sagemaker:UpdateModelPackage'], resources: [packages], why: 'A person answers for the model.', wildcard: 'The registry numbers the versions.' },
    ],
  };
  const caches = build.repositories.filter(repository => repository.upstream);
  const repositories: PlannedRole = {
    ...named('repositories'),
    purpose: 'Makes a repository for each image that ECR fetches from another registry.',
    assumedBy: { service: 'ecr.amazonaws.com', anyAccount: 'ECR says no account when it takes the role on (ECR user guide, "Create an IAM role for repository creation templates").' },
    grants: [
      {
        sid: 'Repositories',
        actions: ['ecr:CreateRepository', 'ecr:ReplicateImage', 'ecr:TagResource'],
        resources: caches.map(cache => arn(place, 'ecr', `repository/${cache.repository}/*`)),
        why: 'Images are fetched from another registry when they are asked for the first time.',
        wildcard: 'What is fetched from another registry keeps its name there; the prefix is exact.',
      },
      useOwnKey(['kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant'], 'The images are encrypted.'),
    ],
  };
  return { build: build_, pipeline, processing, training, forwarder, approver, ...(caches.length > 0 ? { repositories } : {}) };
}

/** Reading data below the S3 addresses that the group's parameters name. */
function readData(addresses: readonly string[]): Grant[] {
  if (addresses.length === 0) { return []; }
  const paths = addresses.map(address => address.slice('s3://'.length).replace(/\/+$/, ''));
  const buckets = [...new Set(paths.map(path => path.split('/')[0]))];
  return [
    {
      sid: 'DataObjects',
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: paths.flatMap(path => (path.includes('/') ? [`arn:{partition}:s3:::${path}`, `arn:{partition}:s3:::${path}/*`] : [`arn:{partition}:s3:::${path}/*`])),
      why: 'The group\'s parameters name this data.',
      wildcard: 'The parameter names a prefix; what is below it is data.',
    },
    { sid: 'DataBuckets', actions: ['s3:GetBucketLocation', 's3:ListBucket'], resources: buckets.map(b => `arn:{partition}:s3:::${b}`), why: 'The data is listed.' },
  ];
}

/** Calls that are about a group as well as its packages, or about nothing else. */
const OF_GROUPS = ['AddTags', 'CreateModelPackage', 'DescribeModelPackageGroup', 'ListModelPackages'].map(action => `sagemaker:${action}`);

/** Who reads a group's packages and artifacts from the deploy side. */
export function readPackages(build: Pick<PlannedBuild, 'place' | 'modelPackageGroup'>, sid: string, actions: readonly string[], why: string): Grant {
  const group = arn(build.place, 'sagemaker', `model-package-group/${build.modelPackageGroup}`);
  return {
    sid,
    actions,
    resources: [...(actions.some(action => OF_GROUPS.includes(action)) ? [group] : []), arn(build.place, 'sagemaker', `model-package/${build.modelPackageGroup}/*`)],
    why,
    wildcard: 'The registry numbers the versions.',
  };
}

/** Reading the artifacts of approved models. */
export function readArtifacts(build: PlannedBuild): Grant[] {
  return [
    ...objects('Artifact', build.artifactBucket, 'read', 'The model is loaded.'),
    useKeyByAlias('ArtifactKey', build.place, build.keyAlias, KMS_GET, 's3', 'The model is encrypted with the build environment\'s key.'),
  ];
}
