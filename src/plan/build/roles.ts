import { moveStage, neverMove, setStatus } from '../govern/decision-grants';
import { BY_PEOPLE } from '../govern/stages';
import type { NamedGroup } from '../model';
import { jobRoles, listData } from './job-roles';
import type { NamedBuild, BuildRoles } from './model';
import { below } from './prefixes';
import { modelPackagesArn, modelPackageGroupArn, readPackages } from './registry';
import { sealRoles } from './seal-roles';
import { arn } from '../arn';
import type { Place } from '../place';
import {
  forwardEvents, grantForVolumes, KMS_PUT, KMS_READ, listBucket, lookAtImages, objects, ownRepositories, passRole,
  useOwnKey, writeBelow,
} from '../roles/grants';
import type { RoleId, Grant, PlannedRole } from '../roles/role-model';
import type { DeliverySettings } from '../settings';

const JOB_NAMES = 'SageMaker Pipelines generates the names of its jobs; all begin with "pipelines-".';
const TUNING_NAMES = 'SageMaker Pipelines generates the names of tuning jobs; they have at most 32 characters, too few '
  + 'for its usual names.';

/** Approving, moving and serving are somebody else's business, whatever other policies say. */
function denyApproval(place: Place, { lifeCycleStages }: DeliverySettings['governance']): Grant[] {
  const all = [arn(place, 'sagemaker', 'model-package/*'), arn(place, 'sagemaker', 'model-package-group/*')];
  return [
    ...(lifeCycleStages ? [neverMove(all)] : []),
    {
      sid: 'NeverApprove',
      effect: 'Deny',
      actions: ['sagemaker:CreateModelPackage', 'sagemaker:UpdateModelPackage'],
      resources: all,
      conditions: { StringEquals: { 'sagemaker:ModelApprovalStatus': ['Approved', 'Rejected'] } },
      why: 'Denied: a build must not approve or reject models.',
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
      why: 'Denied: only the deploy pipeline changes endpoints.',
    },
  ];
}

/** The roles of a group's build environment. */
export function buildRoles(
  group: NamedGroup, busArn: string, { approvers, governance }: Pick<DeliverySettings, 'approvers' | 'governance'>,
): BuildRoles {
  const { build, roles } = group;
  const { place } = build;
  const { processing, training } = jobRoles(group);
  const jobs = (kind: string) => arn(place, 'sagemaker', `${kind}-job/pipelines-*`);
  const packages = modelPackagesArn(build);
  const pipelineArn = arn(place, 'sagemaker', `pipeline/${build.pipelineName}`);

  const pipeline: PlannedRole = {
    ...roles.pipeline,
    purpose: 'Execution role of the SageMaker pipeline: starts its jobs and registers the model.',
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
        why: "Runs the steps of the pipeline as jobs, with the pipeline's tags.",
        wildcard: JOB_NAMES,
      },
      {
        sid: 'Tuning',
        actions: [
          'AddTags',
          'CreateHyperParameterTuningJob',
          'DescribeHyperParameterTuningJob',
          'ListTags',
          'ListTrainingJobsForHyperParameterTuningJob',
          'StopHyperParameterTuningJob',
        ].map(a => `sagemaker:${a}`),
        resources: [arn(place, 'sagemaker', 'hyper-parameter-tuning-job/*')],
        why: 'Runs a tuning step, which starts its trials as training jobs, and finds the best trial.',
        wildcard: TUNING_NAMES,
      },
      passRole(
        'PassJobRoles',
        [processing.arn, training.arn],
        'sagemaker.amazonaws.com',
        'Passes each job its execution role.',
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
        why: 'Registers a model that passes its quality gate.',
        wildcard: 'The registry assigns the version numbers.',
      },
      lookAtImages(
        place,
        ownRepositories(place, build.repositories),
        'SageMaker looks up the image of a model at registration.',
      ),
      {
        sid: 'Experiment',
        actions: ['sagemaker:CreateExperiment', 'sagemaker:DescribeExperiment', 'sagemaker:AddTags'],
        resources: [arn(place, 'sagemaker', `experiment/${build.pipelineName}`)],
        why: 'SageMaker creates an experiment for each pipeline.',
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
        why: 'Each execution is a trial of that experiment, and each job a trial component.',
        wildcard: 'SageMaker names trials and trial components after the IDs of executions and jobs.',
      },
      ...objects('Artifact', build.artifactBucket, 'read', 'Reads the evaluation report for conditions.'),
      useOwnKey([...KMS_READ, 'kms:GenerateDataKey'], 'Decrypts the evaluation report.'),
      grantForVolumes('Encrypts the volumes of jobs, except on instances with local NVMe storage.'),
      ...denyApproval(place, governance),
    ],
  };

  const build_: PlannedRole = {
    ...roles.build,
    purpose: 'Assumed by the build project: uploads the code, then updates and starts the SageMaker pipeline.',
    assumedBy: { roles: [roles.buildRunner.arn] },
    grants: [
      writeBelow('ArtifactObjects', below(build, 'build'), 'Uploads code and data that is not there yet.'),
      listBucket('ArtifactBucket', build.artifactBucket, 'Checks whether they exist.'),
      useOwnKey(
        [...KMS_PUT, 'kms:DescribeKey'], "Encrypts uploads, and gives the key's ARN to the jobs.",
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
        why: 'Creates or updates the SageMaker pipeline, tags it and starts it.',
      },
      {
        sid: 'Execution',
        actions: ['sagemaker:DescribePipelineExecution'],
        resources: [`${pipelineArn}/execution/*`],
        why: 'Waits for the execution that it started.',
        wildcard: 'SageMaker generates the IDs of executions.',
      },
      readPackages(
        build,
        'Approved',
        ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'],
        'Finds the newest approved version, to compare a new model with it.',
      ),
      ...listData(group.parameters),
      passRole('PassPipelineRole', [pipeline.arn], 'sagemaker.amazonaws.com', 'Passes the pipeline its execution '
        + 'role.'),
      ...denyApproval(place, governance),
    ],
  };
  const approver: PlannedRole = {
    ...roles.approver,
    purpose: 'Assumed by people who approve or reject model packages; no other role of the delivery can.',
    assumedBy: { account: place.account, named: approvers?.models, bound: governance.boundIdentities },
    grants: [
      readPackages(
        build,
        'Packages',
        ['sagemaker:DescribeModelPackage', 'sagemaker:DescribeModelPackageGroup', 'sagemaker:ListModelPackages'],
        'Reads a model package before the decision.',
      ),
      setStatus(
        build, 'Approve', ['Approved', 'PendingManualApproval'], "Records a person's decision about a model.",
        governance.lifeCycleStages ? ['Archived'] : [],
      ),
      setStatus(build, 'Reject', ['Rejected'], "Records a person's decision against a model, in every stage."),
      ...(governance.lifeCycleStages ? [
        moveStage(build, 'Withdraw', BY_PEOPLE.withdrawn, 'Archives a version that is not in production.'),
        moveStage(build, 'Resume', BY_PEOPLE.resumed, 'Has an archived version go through all stages again.'),
      ] : []),
    ],
  };
  const forwarder: PlannedRole = {
    ...roles.forwarder,
    purpose: 'Forwards approval, rejection and failure events to the tooling account.',
    assumedBy: { service: 'events.amazonaws.com' },
    grants: [forwardEvents(busArn)],
  };
  return {
    build: build_, pipeline, processing, training, forwarder, approver,
    ...sealRoles(group, governance.lifeCycleStages),
    ...(roles.repositories ? { repositories: repositoriesRole(roles.repositories, build) } : {}),
  };
}

/** Making repositories for what is fetched from other registries. */
function repositoriesRole(id: RoleId, { place, repositories }: NamedBuild): PlannedRole {
  const caches = repositories.filter(repository => repository.upstream);
  return {
    ...id,
    purpose: 'Creates a repository for each image that ECR pulls from an upstream registry.',
    assumedBy: {
      service: 'ecr.amazonaws.com',
      anyAccount: 'ECR passes no source account when it assumes the role (ECR user guide, "Create an IAM role for '
        + 'repository creation templates").',
    },
    grants: [
      {
        sid: 'Repositories',
        actions: ['ecr:CreateRepository', 'ecr:ReplicateImage', 'ecr:TagResource'],
        resources: caches.map(cache => arn(place, 'ecr', `repository/${cache.repository}/*`)),
        why: 'Images are pulled from the upstream registry on first use.',
        wildcard: 'An image keeps its name from the upstream registry; the prefix is exact.',
      },
      // ECR's guide has no condition here, and does not say as whom ECR creates the grant; only ECR assumes this role.
      useOwnKey(['kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant'], 'Encrypts the images.'),
    ],
  };
}
