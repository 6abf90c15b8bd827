import { apiSteps, madeForApi, publishedForApi, retiredForApi, servedName } from './apis';
import { batchCalls } from './batch';
import { container, EXECUTION_ROLES, join, LOOK_AT_IMAGE } from './containers';
import { callsOfKind } from './endpoint-kinds';
import { leftForMonitors } from './left-for-monitors';
import { monitorSteps } from './monitors';
import { type Call, calls, pass, readBucket, type Step, type World, write } from './world';
import { EndpointKind } from '../../../../src/options/endpoint';
import type { PlannedEnvironment } from '../../../../src/plan/endpoint/model';
import { ENVIRONMENT_TAG } from '../../../../src/plan/endpoint/own-tagged';
import { PROVEN_TAG } from '../../../../src/plan/endpoint/proof-roles';
import { isPerRelease } from '../../../../src/plan/endpoint/served-names';
import { watchOf } from '../../../../src/plan/endpoint/shift';
import type { PlannedGroup } from '../../../../src/plan/model';
import type { Place } from '../../../../src/plan/place';
import type { PlannedRole } from '../../../../src/plan/roles/role-model';
import { AWS_IMAGES } from '../../../../testing/iam/resources';

/** What the roles of a deploy environment call. */
export function environmentSteps(world: World, group: PlannedGroup, environment: PlannedEnvironment): Step[] {
  const { roles, batch } = environment;
  return [
    deploy(world, group, environment),
    {
      principal: world.role(roles.cloudFormation), name: `endpoint stack of ${environment.name}`,
      source: 'src/infra/endpoint/model-endpoint.ts; SageMaker API reference of each call',
      calls: resourcesOf(world, group, environment),
    },
    verify(world, environment),
    retire(world, environment),
    ...(roles.rollBack ? [rollBack(world, environment, roles.rollBack)] : []),
    ...(environment.watched ? [{
      principal: world.role(roles.forwarder!), name: `events of ${environment.name}`,
      source: 'EventBridge guide, "Sending and receiving events between buses"',
      calls: calls(world.fill(world.plan.infrastructure.busArn, world.plan.infrastructure.place), ['events:PutEvents']),
    }] : []),
    model(world, group, environment),
    ...apiSteps(world, environment),
    ...monitorSteps(world, environment),
    ...(batch ? batchCalls(world, environment, batch).steps : []),
    ...('publish' in roles && roles.publish ? [publish(world, environment)] : []),
    ...('replicate' in roles && roles.replicate ? [replicate(world, group, environment)] : []),
  ];
}

function verify(world: World, environment: PlannedEnvironment): Step {
  const sagemaker = (resource: string) => world.arn(environment.place, 'sagemaker', resource);
  return {
    principal: world.role(environment.roles.verify),
    name: `checks and smoke test of ${environment.name}`,
    source: 'tools/deploy/{check,counting,prepare,live,probe,record_rollback,roll_back,serving,smoke_test,stack,'
      + 'watch,way_back}.py',
    calls: [
      ...calls(stackOf(world, environment), [
        'cloudformation:DescribeStackEvents', 'cloudformation:DescribeStacks',
        'cloudformation:UpdateTerminationProtection',
      ]),
      ...callsOfKind(world, environment).asked,
      ...(watchOf(environment) ? calls(world.arn(
        environment.place, 'cloudwatch', `alarm:${environment.endpointName}/server-errors/EndpointConfig-a1b2`,
      ), ['cloudwatch:DescribeAlarms']) : []),
      ...(environment.batch ? [] : calls('*', ['cloudwatch:PutMetricData'], {
        'cloudwatch:namespace': `sagemaker-cicd/${environment.endpointName}`,
      })),
      ...(environment.batch ? [] : [
        ...calls(sagemaker(`endpoint/${servedName(environment)}`), ['sagemaker:DescribeEndpoint']),
        ...calls(sagemaker('endpoint-config/EndpointConfig-a1b2'), ['sagemaker:DescribeEndpointConfig']),
      ]),
      ...calls(sagemaker('model/Model-a1b2'), ['sagemaker:DescribeModel']),
    ],
  };
}

function retire(world: World, environment: PlannedEnvironment): Step {
  const config = world.arn(environment.place, 'sagemaker', 'endpoint-config/EndpointConfig-a1b2');
  const modelArn = world.arn(environment.place, 'sagemaker', 'model/Model-a1b2');
  const own = { [`aws:ResourceTag/${ENVIRONMENT_TAG}`]: environment.endpointName };
  return {
    principal: world.role(environment.roles.retire),
    name: `removal of what was replaced in ${environment.name}`,
    source: 'tools/deploy/{owned,retire,retire_models,roll_back,watch,way_back}.py',
    calls: environment.batch ? [
      ...calls('*', ['sagemaker:ListModels']), ...calls(modelArn, ['sagemaker:ListTags']),
      ...calls(modelArn, ['sagemaker:AddTags'], { ...own, 'aws:TagKeys': [PROVEN_TAG] }),
      ...calls(modelArn, ['sagemaker:DeleteModel'], own),
    ] : [
      ...calls('*', ['sagemaker:ListEndpointConfigs', 'sagemaker:ListModels']),
      ...calls(config, ['sagemaker:ListTags']), ...calls(modelArn, ['sagemaker:ListTags']),
      ...calls(config, ['sagemaker:AddTags'], { ...own, 'aws:TagKeys': [PROVEN_TAG] }),
      ...calls(config, ['sagemaker:DeleteEndpointConfig'], own), ...calls(modelArn, ['sagemaker:DeleteModel'], own),
      ...retiredForApi(world, environment),
    ],
  };
}

function rollBack(world: World, environment: PlannedEnvironment, role: PlannedRole): Step {
  const { place, endpointName } = environment;
  const config = world.arn(place, 'sagemaker', 'endpoint-config/EndpointConfig-a1b2');
  const own = { [`aws:ResourceTag/${ENVIRONMENT_TAG}`]: endpointName };
  const key = world.environmentKey(environment);
  return {
    principal: world.role(role),
    name: `instant return of ${environment.name}`,
    source: 'tools/deploy/roll_back.py; SageMaker API reference of each call',
    calls: [
      ...calls(config, ['sagemaker:DeleteTags'], { ...own, 'aws:TagKeys': [PROVEN_TAG] }),
      ...(isPerRelease(environment) ? [] : [
        ...calls(world.arn(place, 'sagemaker', `endpoint/${endpointName}`), ['sagemaker:UpdateEndpoint']),
        ...calls(config, ['sagemaker:UpdateEndpoint'], { ...own, [`aws:ResourceTag/${PROVEN_TAG}`]: '2026-01-01' }),
        ...calls(world.arn(place, 'cloudwatch', `alarm:${endpointName}/server-errors/EndpointConfig-a1b2`), [
          'cloudwatch:SetAlarmState',
        ]),
      ]),
      // Serverless endpoints have no volumes of the delivery's to encrypt, and those of a release are not updated.
      ...(environment.endpoint.kind === EndpointKind.SERVERLESS || isPerRelease(environment) ? [] : [
        ...calls(key, ['kms:CreateGrant'], { 'kms:GrantIsForAWSResource': 'true' }),
        ...calls(key, ['kms:DescribeKey']),
      ]),
    ],
  };
}

function stackOf(world: World, environment: PlannedEnvironment): string {
  return world.arn(
    environment.place, 'cloudformation', `stack/${environment.endpointStack}/0123abcd-0000-4000-8000-000000000000`,
  );
}

/** The package that the model is made from, which is a copy where the build is in another region. */
function servedPackage(
  world: World, { build }: PlannedGroup, environment: PlannedEnvironment,
): { version: string; packageGroup: string } {
  const [place, name] = environment.replicaGroup
    ? [environment.place, environment.replicaGroup]
    : [build.place, build.modelPackageGroup];
  return {
    version: world.arn(place, 'sagemaker', `model-package/${name}/1`),
    packageGroup: world.arn(place, 'sagemaker', `model-package-group/${name}`),
  };
}

function deploy(world: World, group: PlannedGroup, environment: PlannedEnvironment): Step {
  return {
    principal: world.role(environment.roles.deploy),
    name: `change set of ${environment.name}`,
    source: 'CodePipeline user guide, "AWS CloudFormation deploy action reference"; '
      + 'tools/deploy/{change_set,endpoint_changes,endpoint_template}.py',
    calls: [
      ...calls(stackOf(world, environment), [
        'CreateChangeSet', 'DeleteChangeSet', 'DescribeChangeSet', 'DescribeStackEvents', 'DescribeStacks',
        'ExecuteChangeSet',
      ].map(a => `cloudformation:${a}`)),
      pass(world.role(environment.roles.cloudFormation), 'cloudformation.amazonaws.com'),
      ...templatesOf(world, group, environment),
    ],
  };
}

/** Artifacts of the pipeline; or a template that is too large for a call. */
function templatesOf(world: World, group: PlannedGroup, environment: PlannedEnvironment): Call[] {
  const { region } = world.at(environment.place);
  if (group.workflows) {
    const bucket = world.bucket(environment.deploymentBucket, environment.place);
    return calls(`${bucket}/assets/templates/0123abcd.json`, ['s3:GetObject']);
  }
  const store = [...(group.replicas ?? []), group.pipelines].find(s => world.at(s.place).region === region)
    ?? group.pipelines;
  return [
    ...readBucket(world.bucket(store.bucket!, store.place), 'churn/Deployme/a1b2c3'),
    // CodePipeline user guide, "Create a pipeline in CodePipeline that uses resources from another AWS account".
    ...calls(world.key(store.keyAlias, store.place), ['kms:DescribeKey'], {
      'kms:ViaService': `s3.${world.at(store.place).region}.amazonaws.com`,
    }),
  ];
}

/**
 * CloudFormation's calls: create, update, replace, delete after a failed creation, and read for each resource of the
 * stack.
 */
function resourcesOf(world: World, group: PlannedGroup, environment: PlannedEnvironment): Call[] {
  const sagemaker = (resource: string) => world.arn(environment.place, 'sagemaker', resource);
  const tag = { name: ENVIRONMENT_TAG, value: environment.endpointName };
  const config = sagemaker('endpoint-config/EndpointConfig-a1b2');
  const own = { [`aws:ResourceTag/${tag.name}`]: tag.value };
  const made = (type: string, word: string): Call[] => {
    const arn = sagemaker(`${type}/${word}-a1b2`);
    return [
      ...calls(arn, [`sagemaker:Create${word}`, 'sagemaker:AddTags'], { [`aws:RequestTag/${tag.name}`]: tag.value }),
      ...calls(arn, [`sagemaker:Describe${word}`, 'sagemaker:ListTags']),
      ...calls(arn, [`sagemaker:Delete${word}`], own),
    ];
  };
  const { version } = servedPackage(world, group, environment);
  const updated = isPerRelease(environment) ? [] : ['UpdateEndpoint'];
  return [
    ...made('model', 'Model'),
    ...calls(version, ['sagemaker:CreateModel', 'sagemaker:DescribeModelPackage']),
    ...(environment.batch ? [] : [
      ...made('endpoint-config', 'EndpointConfig'),
      ...calls(sagemaker(`endpoint/${servedName(environment)}`), [
        'CreateEndpoint', ...updated, 'DescribeEndpoint', 'DeleteEndpoint', 'AddTags', 'DeleteTags', 'ListTags',
      ].map(a => `sagemaker:${a}`)),
      ...calls(config, ['CreateEndpoint', ...updated].map(a => `sagemaker:${a}`), own),
    ]),
    ...madeForApi(world, environment),
    ...callsOfKind(world, environment).made,
    pass(world.role(environment.roles.model), 'sagemaker.amazonaws.com'),
    ...(environment.deploymentBucket
      ? calls(`${world.bucket(environment.deploymentBucket, environment.place)}/assets/0123abcd.zip`, ['s3:GetObject'])
      : []),
  ];
}

function model(world: World, group: PlannedGroup, environment: PlannedEnvironment): Step {
  const { place } = environment;
  const { build } = group;
  const artifacts = environment.replicaGroup
    ? [
      ...calls(`${world.bucket(environment.deploymentBucket, place)}/models/1/model.tar.gz`, ['s3:GetObject']),
      ...calls(world.bucket(environment.deploymentBucket, place), ['s3:GetBucketLocation', 's3:ListBucket']),
    ]
    : readBucket(world.bucket(build.artifactBucket, build.place), 'churn/models/1/model.tar.gz');
  return {
    principal: world.role(environment.roles.model),
    name: `running model of ${environment.name}`,
    source: `${EXECUTION_ROLES}; "Capture data"`,
    calls: [
      ...artifacts,
      ...callsOfKind(world, environment).served,
      ...container(world, place, build, environment.batch ? '/aws/sagemaker/TransformJobs'
        : `/aws/sagemaker/Endpoints/${servedName(environment)}`),
      ...join(world, place, environment.network ?? world.plan.delivery.network, 'sagemaker'),
    ],
  };
}

function publish(world: World, environment: PlannedEnvironment): Step {
  const bucket = world.bucket(environment.deploymentBucket, environment.place);
  return {
    principal: world.role(environment.roles.publish),
    name: `assets of ${environment.name}`,
    source: 'tools/deploy: publishing of assets',
    calls: [
      ...calls(bucket, ['s3:ListBucket', 's3:GetBucketLocation']),
      ...calls(`${bucket}/assets/0123abcd.zip`, ['s3:GetObject']), ...write(bucket, 'assets/0123abcd.zip'),
      ...publishedForApi(world, environment),
      ...leftForMonitors(world, environment),
    ],
  };
}

function replicate(world: World, group: PlannedGroup, environment: PlannedEnvironment): Step {
  const bucket = world.bucket(environment.deploymentBucket, environment.place);
  const { version, packageGroup } = servedPackage(world, group, environment);
  return {
    principal: world.role(environment.roles.replicate!),
    name: `copy of the model for ${environment.name}`,
    source: 'tools/deploy: copying to another region; SageMaker developer guide, '
      + '"AmazonSageMakerModelRegistryFullAccess"',
    calls: [
      ...readBucket(world.bucket(group.build.artifactBucket, group.build.place), 'churn/models/1/model.tar.gz'),
      ...calls(bucket, ['s3:ListBucket', 's3:GetBucketLocation']),
      ...calls(`${bucket}/models/1/model.tar.gz`, ['s3:GetObject']),
      ...write(bucket, 'models/1/model.tar.gz'),
      // Whether the same image is there, by its digest (tools/deploy/images.py); SageMaker looks it up for whoever
      // registers a package.
      ...imagesOf(world, group, environment, [environment.place]).flatMap(resource => calls(resource, LOOK_AT_IMAGE)),
      ...imagesOf(world, group, environment, [group.build.place]).flatMap(resource =>
        calls(resource, ['ecr:BatchGetImage'])),
      ...calls(packageGroup, ['sagemaker:ListModelPackages']),
      ...calls(packageGroup, ['sagemaker:CreateModelPackage'], { 'sagemaker:ModelApprovalStatus': 'Approved' }),
      ...calls(version, ['sagemaker:CreateModelPackage'], { 'sagemaker:ModelApprovalStatus': 'Approved' }),
      ...calls(version, ['sagemaker:DescribeModelPackage', 'sagemaker:AddTags', 'sagemaker:ListModelPackages']),
    ],
  };
}

/** AWS's images in the environment's region; the project's own in the regions of these places. */
function imagesOf(
  world: World, { build }: PlannedGroup, environment: PlannedEnvironment, places: readonly Place[],
): string[] {
  const own = places.map(place => ({ account: world.at(build.place).account, region: world.at(place).region }))
    .flatMap(place =>
      build.repositories.filter(r => !r.upstream).map(r => world.arn(place, 'ecr', `repository/${r.repository}`)));
  return [`arn:aws:ecr:${world.at(environment.place).region}:${AWS_IMAGES}:repository/sagemaker-xgboost`, ...own];
}
