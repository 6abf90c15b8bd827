import { ENDPOINT_KINDS } from './kinds/kinds';
import type { NamedEnvironment } from './model';
import { ownTagged } from './own-tagged';
import { makeEndpointLog } from './served-names';
import { makeHandler } from '../api/deployed-grants';
import { bucketArn } from '../arn';
import type { NamedBuild } from '../build/model';
import { readPackages } from '../build/registry';
import { passRole } from '../roles/grants';
import type { Grant, PlannedRole } from '../roles/role-model';

/** The role that CloudFormation has for the endpoint stack. */
export function cloudFormationRole(environment: NamedEnvironment, build: NamedBuild): PlannedRole {
  const { place, roles, endpointName } = environment;
  const kind = ENDPOINT_KINDS[environment.endpoint.kind];
  return {
    ...roles.cloudFormation,
    purpose: `CloudFormation's role for the endpoint stack: creates its model, ${environment.batch
      ? 'score pipeline and what starts it' : 'endpoint configuration and endpoint'}, and nothing else.`,
    assumedBy: { service: 'cloudformation.amazonaws.com' },
    grants: [
      ...ownTagged(place, 'model', 'Model', endpointName),
      ...kind.made(environment),
      ...makeHandler(environment),
      ...makeEndpointLog(environment),
      useRegistry(environment, build),
      {
        sid: 'Assets',
        actions: ['s3:GetObject'],
        resources: [bucketArn(environment.deploymentBucket, '/assets/*')],
        why: 'Reads the code of functions in the endpoint stack.',
        wildcard: 'Assets are named after the hash of their content.',
      },
      passRole('PassModelRole', [roles.model.arn], 'sagemaker.amazonaws.com', 'Passes the model its execution role.'),
      ...kind.encrypted(environment),
      {
        sid: 'AssetKey',
        actions: ['kms:Decrypt'],
        resources: ['{key}'],
        conditions: { StringEquals: { 'kms:ViaService': `s3.${place.region ?? '{region}'}.amazonaws.com` } },
        why: 'Decrypts the code of functions in the endpoint stack.',
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
    }, 'Package', actions, 'Creates the model from the copy of the approved package.')
    : readPackages(build, 'Package', actions, 'Creates the model from the approved package.');
}
