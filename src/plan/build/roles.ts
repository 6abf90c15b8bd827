import type { PeopleOptions } from '../../options/approvers';
import type { NamedGroup } from '../model';
import { jobRoles, listData } from './job-roles';
import type { NamedBuild, BuildRoles } from './model';
import { below } from './prefixes';
import { modelPackagesArn, modelPackageGroupArn, readPackages } from './registry';
import { sealRoles } from './seal-roles';
import { arn } from '../arn';
import type { Place } from '../place';
import {
  grantForVolumes, KMS_PUT, KMS_READ, listBucket, lookAtImages, objects, ownRepositories, passRole, useOwnKey,
  writeBelow,
} from '../roles/grants';
import type { RoleId, Grant, PlannedRole } from '../roles/role-model';

const JOB_NAMES = 'SageMaker Pipelines makes up the names of its jobs; they all begin with "pipelines-".';

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
      actions: [
        'sagemaker:CreateEndpoint',
        'sagemaker:UpdateEndpoint',
        'sagemaker:UpdateEndpointWeightsAndCapacities',
        'sagemaker:DeleteEndpoint',
      ],
      resources: [arn(place, 'sagemaker', 'endpoint/*')],
      why: 'Only the deploy pipeline changes endpoints.',
    },
  ];
}

/** The roles of a group's build environment. */
export function buildRoles(group: NamedGroup, busArn: string, approvers?: PeopleOptions): BuildRoles {
  const { build, roles } = group;
  const { place } = build;
  const { processing, training } = jobRoles(group);
  const jobs = (kind: string) => arn(place, 'sagemaker', `${kind}-job/pipelines-*`);
  const packages = modelPackagesArn(build);
  const pipelineArn = arn(place, 'sagemaker', `pipeline/${build.pipelineName}`);

  const pipeline: PlannedRole = {
    ...roles.pipeline,
    purpose: 'Carries out the SageMaker pipeline: starts its jobs and registers the model.',
    assumedBy: { service: 'sagemaker.amazonaws.com' },
    grants: [
      {
        sid: 'Jobs',
        actions: ['Processing', 'Training'].flatMap(k => [
          `sagemaker:Create${k}Job`,
          `sagemaker:Describe${k}Job`,
          `sagemaker:Stop${k}Job`,
        ]).concat('sagemaker:AddTags', 'sagemaker:ListTags'),
        resources: [jobs('processing'), jobs('training')],
        why: 'The steps of the pipeline are jobs, tagged like the pipeline.',
        wildcard: JOB_NAMES,
      },
      passRole(
        'PassJobRoles',
        [processing.arn, training.arn],
        'sagemaker.amazonaws.com',
        'Each job gets the role of its kind.',
      ),
      {
        sid: 'Register',
        actions: [
          'sagemaker:AddTags',
          'sagemaker:CreateModelPackage',
          'sagemaker:DescribeModelPackage',
          'sagemaker:DescribeModelPackageGroup',
        ],
        resources: [modelPackageGroupArn(build), packages],
        why: 'A model that passed its quality gate is registered.',
        wildcard: 'The registry numbers the versions.',
      },
      lookAtImages(
        place,
        ownRepositories(place, build.repositories),
        'SageMaker looks up the image of a model that is registered.',
      ),
      {
        sid: 'Experiment',
        actions: ['sagemaker:CreateExperiment', 'sagemaker:DescribeExperiment', 'sagemaker:AddTags'],
        resources: [arn(place, 'sagemaker', `experiment/${build.pipelineName}`)],
        why: 'SageMaker keeps an experiment for each pipeline.',
      },
      {
        sid: 'Trials',
        actions: [
          'AddTags',
          'AssociateTrialComponent',
          'CreateTrial',
          'CreateTrialComponent',
          'DescribeTrial',
          'DescribeTrialComponent',
          'UpdateTrialComponent',
        ]
          .map(a => `sagemaker:${a}`),
        resources: [
          arn(place, 'sagemaker', 'experiment-trial/*'),
          arn(place, 'sagemaker', 'experiment-trial-component/*'),
        ],
        why: 'Each execution is a trial of that experiment, each job one of its components.',
        wildcard: 'The service names trials and components after the ids of executions and jobs.',
      },
      ...objects('Artifact', build.artifactBucket, 'read', 'Conditions read the evaluation report.'),
      useOwnKey([...KMS_READ, 'kms:GenerateDataKey'], 'The evaluation report is encrypted.'),
      grantForVolumes('The volumes of the jobs are encrypted, but for those of instances with storage of their own.'),
      ...denyApproval(place),
    ],
  };

  const build_: PlannedRole = {
    ...roles.build,
    purpose: 'Taken on by the build project: uploads code under its hash, updates and starts the SageMaker pipeline.',
    assumedBy: { role: roles.buildRunner.arn },
    grants: [
      writeBelow('ArtifactObjects', below(build, 'build'), 'Code and data are uploaded unless they are there.'),
      listBucket('ArtifactBucket', build.artifactBucket, 'It is looked whether they are there.'),
      useOwnKey(
        [...KMS_PUT, 'kms:DescribeKey'], 'What is uploaded is encrypted, and the jobs are told the key\'s ARN.',
      ),
      {
        sid: 'Pipeline',
        actions: [
          'AddTags',
          'CreatePipeline',
          'DescribePipeline',
          'StartPipelineExecution',
          'UpdatePipeline',
        ].map(a => `sagemaker:${a}`),
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
      readPackages(
        build,
        'Approved',
        ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'],
        'A new model is compared with the newest approved version.',
      ),
      ...listData(group.parameters),
      passRole('PassPipelineRole', [pipeline.arn], 'sagemaker.amazonaws.com', 'The pipeline gets its role.'),
      ...denyApproval(place),
    ],
  };
  const approver: PlannedRole = {
    ...roles.approver,
    purpose: 'Taken on by people who approve or reject model packages; the only role of the delivery that may.',
    assumedBy: { account: place.account, named: approvers },
    grants: [
      readPackages(
        build,
        'Packages',
        ['sagemaker:DescribeModelPackage', 'sagemaker:DescribeModelPackageGroup', 'sagemaker:ListModelPackages'],
        'The package is looked at first.',
      ),
      {
        sid: 'Approve',
        actions: ['sagemaker:UpdateModelPackage'],
        resources: [packages],
        why: 'A person answers for the model.',
        wildcard: 'The registry numbers the versions.',
      },
    ],
  };
  const forwarder: PlannedRole = {
    ...roles.forwarder,
    purpose: 'Forwards approvals, rejections and failures to the tooling account.',
    assumedBy: { service: 'events.amazonaws.com' },
    grants: [{
      sid: 'Forward',
      actions: ['events:PutEvents'],
      resources: [busArn],
      why: 'The pipelines are in the tooling account.',
    }],
  };
  return {
    build: build_, pipeline, processing, training, forwarder, approver, ...sealRoles(group),
    ...(roles.repositories ? { repositories: repositoriesRole(roles.repositories, build) } : {}),
  };
}

/** Making repositories for what is fetched from other registries. */
function repositoriesRole(id: RoleId, { place, repositories }: NamedBuild): PlannedRole {
  const caches = repositories.filter(repository => repository.upstream);
  return {
    ...id,
    purpose: 'Makes a repository for each image that ECR fetches from another registry.',
    assumedBy: {
      service: 'ecr.amazonaws.com',
      anyAccount: 'ECR says no account when it takes the role on (ECR user guide, "Create an IAM role for repository '
        + 'creation templates").',
    },
    grants: [
      {
        sid: 'Repositories',
        actions: ['ecr:CreateRepository', 'ecr:ReplicateImage', 'ecr:TagResource'],
        resources: caches.map(cache => arn(place, 'ecr', `repository/${cache.repository}/*`)),
        why: 'Images are fetched from another registry when they are asked for the first time.',
        wildcard: 'What is fetched from another registry keeps its name there; the prefix is exact.',
      },
      // ECR's guide has no condition here, and does not say as whom ECR makes the grant; nobody but ECR takes this role on.
      useOwnKey(['kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant'], 'The images are encrypted.'),
    ],
  };
}
