import { readArtifacts, readPackages } from './build-roles';
import { joinNetwork, KMS_READ, KMS_READ_WRITE, objects, passRole, pullFrameworkImages, PUT_METRICS, useKeyByAlias, useOwnKey, writeLogs } from './grants';
import type { Grant, PlannedRole } from './role-model';
import type { NetworkOptions } from '../../options/network';
import { arn, roleArn } from '../arn';
import type { Place } from '../delivery';
import { nameOf } from '../names';
import type { PlannedBuild, PlannedEnvironment, PlannedPipelines } from '../plan';

/** The tag by which a CloudFormation role recognises the models and endpoint configurations of its environment. */
export const ENVIRONMENT_TAG = 'sagemaker-cicd:endpoint';

/** The roles of a deploy environment. */
export interface EnvironmentRoles {
  /** Taken on by the deploy pipeline's CloudFormation actions. */
  readonly deploy: PlannedRole;
  /** Given to CloudFormation for the endpoint stack. */
  readonly cloudFormation: PlannedRole;
  /** Taken on by the deploy pipeline's checks and smoke test. */
  readonly verify: PlannedRole;
  /** The running model's own. */
  readonly model: PlannedRole;
}

type Environment = Omit<PlannedEnvironment, 'roles'>;
interface Callers { readonly pipelineArn: string; readonly runnerArn: string }

export function environmentRoles(
  words: readonly [string, string, string], environment: Environment, build: PlannedBuild, pipelines: PlannedPipelines,
  callers: Callers, network?: NetworkOptions,
): EnvironmentRoles {
  const { place } = environment;
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
      ...readArtifacts(build),
      {
        sid: 'Capture',
        actions: ['s3:PutObject'],
        resources: [`arn:{partition}:s3:::${environment.captureBucket}/*`],
        why: 'Requests and answers are captured.',
        wildcard: 'The service makes up the keys of captured data.',
      },
      useOwnKey(KMS_READ_WRITE, 'Captured data is encrypted.'),
      writeLogs(place, [`/aws/sagemaker/Endpoints/${environment.endpointName}`], 'The container\'s output is logged.'),
      PUT_METRICS,
      ...pullFrameworkImages(place),
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
      readPackages(build, 'Package', ['sagemaker:CreateModel', 'sagemaker:DescribeModelPackage'], 'The model is made from the approved package.'),
      passRole('PassModelRole', [model.arn], 'sagemaker.amazonaws.com', 'The model gets its role.'),
      useOwnKey(['kms:CreateGrant', 'kms:DescribeKey'], 'The endpoint\'s volumes are encrypted.'),
    ],
  };
  const deploy: PlannedRole = {
    ...named('deploy'),
    purpose: 'Taken on by the deploy pipeline: makes and executes change sets of the endpoint stack.',
    assumedBy: { role: callers.pipelineArn },
    grants: [
      {
        sid: 'ChangeSets',
        actions: ['CreateChangeSet', 'DeleteChangeSet', 'DescribeChangeSet', 'DescribeStacks', 'ExecuteChangeSet'].map(a => `cloudformation:${a}`),
        resources: [stack],
        why: 'The endpoint stack is changed by change sets.',
        wildcard: stackId,
      },
      passRole('PassCloudFormationRole', [cloudFormation.arn], 'cloudformation.amazonaws.com', 'CloudFormation works with the environment\'s own role.'),
      ...objects('Template', pipelines.bucket, 'read', 'Template and configuration are read.'),
      useKeyByAlias('TemplateKey', pipelines.place, pipelines.keyAlias, KMS_READ, 's3', 'Template and configuration are encrypted.'),
    ],
  };
  const verify: PlannedRole = {
    ...named('verify'),
    purpose: 'Taken on by the checks and the smoke test: looks at the endpoint stack and invokes the endpoint.',
    assumedBy: { role: callers.runnerArn },
    grants: [
      { sid: 'Stack', actions: ['cloudformation:DescribeStacks'], resources: [stack], why: 'What is live is read from the endpoint stack.', wildcard: stackId },
      { sid: 'Endpoint', actions: ['sagemaker:DescribeEndpoint', 'sagemaker:InvokeEndpoint'], resources: [endpoint], why: 'The smoke test invokes the endpoint.' },
    ],
  };
  return { deploy, cloudFormation, verify, model };
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
