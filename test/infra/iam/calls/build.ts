import { container, EXECUTION_ROLES, join, registeredImages } from './containers';
import { sealSteps } from './seal';
import { moved, stageSteps } from './stages';
import { type Call, calls, pass, readBucket, type Step, type World, write } from './world';
import { FOLDERS } from '../../../../src/plan/build/prefixes';
import { BY_PEOPLE } from '../../../../src/plan/govern/stages';
import type { PlannedGroup } from '../../../../src/plan/model';

const VOLUMES = { 'kms:GrantIsForAWSResource': 'true' };

/** What the roles of a build environment call. */
export function buildSteps(world: World, group: PlannedGroup): Step[] {
  const { build, roles } = group;
  const { place } = build;
  const sagemaker = (resource: string) => world.arn(place, 'sagemaker', resource);
  const bucket = world.bucket(build.artifactBucket, place);
  const key = world.key(build.keyAlias, place);
  const pipeline = sagemaker(`pipeline/${build.pipelineName}`);
  const packageGroup = sagemaker(`model-package-group/${build.modelPackageGroup}`);
  const version = sagemaker(`model-package/${build.modelPackageGroup}/1`);
  const job = (kind: 'processing' | 'training', logGroup: string): Step => ({
    principal: world.role(roles[kind]),
    name: `${kind} job`,
    source: EXECUTION_ROLES,
    calls: [
      ...readBucket(bucket, 'churn/code/model.tar.gz'),
      ...FOLDERS[kind].flatMap(folder => write(bucket, `${build.pipelineName}/${folder}/1/model.tar.gz`)),
      ...dataOf(group).flatMap(({ arn, object }) => readBucket(arn, object)),
      // Data under keys that are not the group's.
      ...build.inputDataKeyArns.flatMap(arn => calls(arn, ['kms:Decrypt'], {
        'kms:ViaService': `s3.${world.at(place).region}.amazonaws.com`,
      })),
      // Storage volumes and outputs under the key.
      ...calls(key, ['kms:CreateGrant'], VOLUMES),
      ...calls(key, ['kms:DescribeKey', 'kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey']),
      ...container(world, place, build, logGroup),
      ...join(world, place, build.network ?? world.plan.delivery.network, 'sagemaker'),
    ],
  });
  const names = {
    experiment: sagemaker(`experiment/${build.pipelineName}`), trial: sagemaker('experiment-trial/k3x9ba7cd0'),
    component: sagemaker('experiment-trial-component/pipelines-k3x9ba7cd0-train-aws-training-job'),
  };
  return [
    {
      principal: world.role(roles.build),
      name: 'buildspec',
      source: 'templates/python/pipelines/deploy.py, resolve.py',
      calls: [
        ...calls(packageGroup, ['sagemaker:ListModelPackages']),
        ...calls(version, ['sagemaker:ListModelPackages', 'sagemaker:DescribeModelPackage']),
        ...listedData(group),
        ...calls(bucket, ['s3:ListBucket', 's3:GetBucketLocation']),
        ...FOLDERS.build.flatMap(folder => write(bucket, `${build.pipelineName}/${folder}/0123/train.py`)),
        ...calls(pipeline, [
          'DescribePipeline', 'CreatePipeline', 'UpdatePipeline', 'AddTags', 'StartPipelineExecution',
        ].map(a => `sagemaker:${a}`)),
        ...calls(`${pipeline}/execution/k3x9ba7cd0`, ['sagemaker:DescribePipelineExecution']),
        // `upsert` asks for the ARN of the volumes' key.
        ...calls(key, ['kms:DescribeKey']),
        pass(world.role(roles.pipeline), 'sagemaker.amazonaws.com'),
      ],
    },
    job('processing', '/aws/sagemaker/ProcessingJobs'),
    job('training', '/aws/sagemaker/TrainingJobs'),
    {
      principal: world.role(roles.pipeline),
      name: 'steps of the SageMaker pipeline',
      source: 'templates/python/pipelines/pipeline.py; SageMaker guide, "IAM Access Management" of Pipelines and '
        + '"Amazon SageMaker Experiments Integration"; SageMaker developer guide, '
        + '"AmazonSageMakerModelRegistryFullAccess"',
      calls: [
        ...['Processing', 'Training'].flatMap(kind => calls(
          sagemaker(`${kind.toLowerCase()}-job/pipelines-k3x9ba7cd0-step-aB3`), [
            `sagemaker:Create${kind}Job`, `sagemaker:Describe${kind}Job`, `sagemaker:Stop${kind}Job`,
            'sagemaker:AddTags', 'sagemaker:ListTags',
          ],
        )),
        // A tuning step; SageMaker gives trials names that begin with that of the tuning job.
        ...calls(sagemaker('hyper-parameter-tuning-job/k3x9ba7cd0-Tune-aB3'), [
          'CreateHyperParameterTuningJob', 'DescribeHyperParameterTuningJob', 'StopHyperParameterTuningJob',
          'ListTrainingJobsForHyperParameterTuningJob', 'AddTags', 'ListTags',
        ].map(a => `sagemaker:${a}`)),
        pass(world.role(roles.processing), 'sagemaker.amazonaws.com'),
        pass(world.role(roles.training), 'sagemaker.amazonaws.com'),
        ...calls(key, ['kms:CreateGrant'], VOLUMES),
        ...calls(key, ['kms:DescribeKey', 'kms:GenerateDataKey']),
        ...calls(version, ['sagemaker:CreateModelPackage'], {
          'sagemaker:ModelApprovalStatus': 'PendingManualApproval',
        }),
        ...calls(packageGroup, ['sagemaker:CreateModelPackage'], {
          'sagemaker:ModelApprovalStatus': 'PendingManualApproval',
        }),
        ...calls(packageGroup, ['sagemaker:DescribeModelPackageGroup', 'sagemaker:AddTags']),
        ...calls(version, ['sagemaker:DescribeModelPackage', 'sagemaker:AddTags']),
        ...registeredImages(world, build),
        ...calls(names.experiment, ['sagemaker:CreateExperiment', 'sagemaker:DescribeExperiment', 'sagemaker:AddTags']),
        ...calls(names.trial, [
          'sagemaker:CreateTrial', 'sagemaker:DescribeTrial', 'sagemaker:AddTags', 'sagemaker:AssociateTrialComponent',
        ]),
        ...calls(names.component, [
          'CreateTrialComponent', 'DescribeTrialComponent', 'UpdateTrialComponent', 'AddTags',
          'AssociateTrialComponent',
        ].map(a => `sagemaker:${a}`)),
        // The condition step reads the evaluation report; the registration lineage and the digest of golden rows.
        ...readBucket(bucket, 'churn/evaluation/evaluation.json'),
      ],
    },
    ...(roles.forwarder ? [{
      principal: world.role(roles.forwarder),
      name: 'forwarding rules',
      source: 'EventBridge guide, "Sending and receiving events between AWS accounts"',
      calls: calls(world.fill(world.plan.infrastructure.busArn, world.plan.infrastructure.place), ['events:PutEvents']),
    }] : []),
    ...sealSteps(world, group),
    ...(roles.repositories ? [{
      principal: world.role(roles.repositories),
      name: 'repositories for fetched images',
      source: 'ECR guide, "Create a custom policy for repository creation templates"',
      calls: [
        ...build.repositories.filter(r => r.upstream).flatMap(r => calls(
          world.arn(place, 'ecr', `repository/${r.repository}/team/image`),
          ['ecr:CreateRepository', 'ecr:ReplicateImage', 'ecr:TagResource'],
        )),
        ...calls(key, ['kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant']),
      ],
    }] : []),
    ...(roles.approver ? [{
      principal: world.role(roles.approver),
      name: 'approving by hand',
      source: 'SageMaker guide, "Update the Approval Status of a Model"',
      calls: [
        ...calls(packageGroup, ['sagemaker:DescribeModelPackageGroup', 'sagemaker:ListModelPackages']),
        ...calls(version, ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages']),
        ...['Approved', 'Rejected'].flatMap(status => calls(version, ['sagemaker:UpdateModelPackage'], {
          'sagemaker:ModelApprovalStatus': status,
        })),
        ...(world.plan.delivery.governance.lifeCycleStages
          ? [...BY_PEOPLE.withdrawn, ...BY_PEOPLE.resumed].map(move => moved(version, move)) : []),
      ],
    }] : []),
    ...stageSteps(world, group),
  ];
}

/** Listing what stands at the address of the group's data. */
function listedData({ parameters: { InputDataUrl: url } }: PlannedGroup): Call[] {
  if (typeof url !== 'string' || !url.startsWith('s3://')) { return []; }
  const [bucket, ...prefix] = url.slice('s3://'.length).split('/');
  return calls(`arn:aws:s3:::${bucket}`, ['s3:ListBucket'], { 's3:prefix': prefix.join('/') });
}

/** Buckets that the group's parameters name, with an object below each address. */
function dataOf(group: PlannedGroup): { readonly arn: string; readonly object: string }[] {
  const addresses = Object.values(group.parameters).filter((v): v is string => typeof v === 'string'
    && v.startsWith('s3://'));
  return addresses.map(address => {
    const [bucket, ...prefix] = address.slice('s3://'.length).replace(/\/+$/, '').split('/');
    return { arn: `arn:aws:s3:::${bucket}`, object: [...prefix, 'part-0.csv'].join('/') };
  });
}
