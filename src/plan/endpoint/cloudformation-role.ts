import type { NamedEnvironment } from './model';
import { arn, bucketArn } from '../arn';
import type { NamedBuild } from '../build/model';
import { readPackages } from '../build/registry';
import type { Place } from '../place';
import { passRole, grantForVolumes, useOwnKey } from '../roles/grants';
import type { Grant, PlannedRole } from '../roles/role-model';
/** The tag by which a CloudFormation role recognises the models and endpoint configurations of its environment. */
export const ENVIRONMENT_TAG = 'sagemaker-cicd:endpoint';

/** The role that CloudFormation has for the endpoint stack. */
export function cloudFormationRole(environment: NamedEnvironment, build: NamedBuild): PlannedRole {
  const { place, roles, endpointName } = environment;
  return {
    ...roles.cloudFormation,
    purpose: 'Makes the model, the endpoint configuration and the endpoint of the endpoint stack, and nothing else.',
    assumedBy: { service: 'cloudformation.amazonaws.com' },
    grants: [
      ...ownTagged(place, 'model', 'Model', endpointName),
      ...ownTagged(place, 'endpoint-config', 'EndpointConfig', endpointName),
      {
        sid: 'Endpoint',
        actions: [
          'AddTags',
          'CreateEndpoint',
          'DeleteEndpoint',
          'DeleteTags',
          'DescribeEndpoint',
          'ListTags',
          'UpdateEndpoint',
        ].map(a => `sagemaker:${a}`),
        resources: [arn(place, 'sagemaker', `endpoint/${endpointName}`)],
        why: 'The endpoint is made and updated; deleting is only for an endpoint whose very first creation failed.',
      },
      {
        sid: 'EndpointUsesConfig',
        actions: ['sagemaker:CreateEndpoint', 'sagemaker:UpdateEndpoint'],
        resources: [arn(place, 'sagemaker', 'endpoint-config/*')],
        conditions: { StringEquals: { [`aws:ResourceTag/${ENVIRONMENT_TAG}`]: endpointName } },
        why: 'The endpoint is given its configuration.',
        wildcard: 'CloudFormation makes up the name of the configuration; the condition admits only this '
          + 'environment\'s.',
      },
      useRegistry(environment, build),
      {
        sid: 'Assets',
        actions: ['s3:GetObject'],
        resources: [bucketArn(environment.deploymentBucket, '/assets/*')],
        why: 'Code of functions in the endpoint stack is read.',
        wildcard: 'Assets are named by the hash of their content.',
      },
      passRole('PassModelRole', [roles.model.arn], 'sagemaker.amazonaws.com', 'The model gets its role.'),
      useOwnKey(['kms:DescribeKey'], 'The endpoint\'s volumes are encrypted.'),
      grantForVolumes('The endpoint\'s volumes are encrypted.'),
      {
        sid: 'AssetKey',
        actions: ['kms:Decrypt'],
        resources: ['{key}'],
        conditions: { StringEquals: { 'kms:ViaService': `s3.${place.region ?? '{region}'}.amazonaws.com` } },
        why: 'Code of functions in the endpoint stack is encrypted.',
      },
    ],
  };
}

/** The registry that the model is made from: where the build is in another region, that of the copies. */
function useRegistry({ place, replicaGroup }: NamedEnvironment, build: NamedBuild): Grant {
  const actions = ['sagemaker:CreateModel', 'sagemaker:DescribeModelPackage'];
  return replicaGroup
    ? readPackages({
      place,
      modelPackageGroup: replicaGroup,
    }, 'Package', actions, 'The model is made from the copy of the approved package.')
    : readPackages(build, 'Package', actions, 'The model is made from the approved package.');
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
      why: 'The one of a deployment that failed is removed.',
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
