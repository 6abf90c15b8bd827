import type { NamedGroup } from '../model';
import { batchRoles } from './batch/roles';
import type { NamedEnvironment, EnvironmentRoles } from './model';
import { apiRoles } from '../api/roles';
import { arn, bucketArn } from '../arn';
import { cloudFormationRole } from './cloudformation-role';
import { replicateRole, modelRole } from './model-roles';
import { retireRole, rollBackRole, verifyRole } from './proof-roles';
import { callersOf } from '../deploy/callers';
import { leaveForMonitors } from '../monitor/deployed-grants';
import { monitoringRoles } from '../monitor/roles';
import { forwardEvents, passRole, objects, useKeyByAlias, KMS_GET, KMS_READ, useOwnKey, KMS_PUT } from '../roles/grants';
import type { PlannedRole } from '../roles/role-model';
/** The roles of an environment, which the deploy pipeline of its group assumes. */
export function environmentRoles(
  group: NamedGroup, environment: NamedEnvironment, busArn: string,
): EnvironmentRoles {
  const { build } = group;
  const { place, roles } = environment;
  const callers = callersOf(group, environment);
  const stack = arn(place, 'cloudformation', `stack/${environment.endpointStack}/*`);
  const stackId = "CloudFormation appends a generated ID; the stack's name is exact.";
  const deploy: PlannedRole = {
    ...roles.deploy,
    purpose: `Assumed by ${group.workflows ? 'the job that deploys' : 'the deploy pipeline'}: creates and executes change `
      + 'sets of the endpoint stack.',
    assumedBy: { roles: callers.deploy },
    grants: [
      {
        sid: 'ChangeSets',
        actions: [
          'CreateChangeSet',
          'DeleteChangeSet',
          'DescribeChangeSet',
          'DescribeStackEvents',
          'DescribeStacks',
          'ExecuteChangeSet',
        ].map(a => `cloudformation:${a}`),
        resources: [stack],
        why: 'Changes the endpoint stack with change sets, and reads its events after a failure.',
        wildcard: stackId,
      },
      passRole(
        'PassCloudFormationRole',
        [roles.cloudFormation.arn],
        'cloudformation.amazonaws.com',
        "Passes CloudFormation the environment's own role.",
      ),
      ...readTemplates(group, environment),
    ],
  };
  const publish: PlannedRole = {
    ...roles.publish,
    purpose: 'Assumed when a deployment is prepared: publishes the assets of the endpoint stack'
      + `${environment.api ? ', and the model\'s contract' : ''}`
      + `${environment.monitoring ? '. It also leaves for monitors what they compare with, and what answers since when' : ''}.`,
    assumedBy: { roles: callers.supply },
    grants: [
      {
        sid: 'Assets',
        actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
        resources: ['/assets/*', ...(environment.api ? ['/contracts/*'] : [])]
          .map(path => bucketArn(environment.deploymentBucket, path)),
        why: `Uploads assets that do not exist yet${environment.api ? ', and the contract of the model' : ''}.`,
        wildcard: `${environment.api ? 'They' : 'Assets'} are named after the hash of their content.`,
      },
      {
        sid: 'AssetBucket',
        actions: ['s3:GetBucketLocation', 's3:ListBucket'],
        resources: [bucketArn(environment.deploymentBucket)],
        why: 'Checks whether they exist.',
      },
      ...leaveForMonitors(environment),
      useOwnKey(KMS_PUT, `Encrypts assets${environment.api ? ' and contracts' : ''}.`),
    ],
  };
  return {
    deploy,
    cloudFormation: cloudFormationRole(environment, build),
    verify: verifyRole(environment, callers.verify),
    retire: retireRole(environment, callers.finish),
    publish,
    ...(roles.replicate ? { replicate: replicateRole(roles.replicate, environment, group, callers.supply) } : {}),
    model: modelRole(environment, build),
    ...apiRoles(environment, callers.finish),
    ...monitoringRoles(environment),
    ...(environment.batch ? batchRoles(environment, busArn) : watchedRoles(environment, callers.rollBack, busArn)),
  };
}

/** A workflow has no bucket of its own: a template that is too large for a call is with the environment's files. */
function readTemplates({ pipelines, replicas, workflows }: NamedGroup, { place, deploymentBucket }: NamedEnvironment) {
  if (workflows) {
    return [
      {
        sid: 'Template', actions: ['s3:GetObject'], resources: [bucketArn(deploymentBucket, '/assets/templates/*')],
        why: 'Reads a template that no call has room for; CloudFormation reads it with these rights.',
        wildcard: 'Templates are named after the hash of their content.',
      },
      useOwnKey(KMS_GET, 'Decrypts the template.'),
    ];
  }
  const templates = [pipelines, ...replicas].find(t => t.place.region === place.region) ?? pipelines;
  return [
    ...objects('Template', templates.bucket!, 'read', 'Reads template and configuration.'),
    useKeyByAlias(
      'TemplateKey', templates.place, templates.keyAlias, KMS_READ, 's3', 'Decrypts template and configuration.',
    ),
  ];
}

/** What only an endpoint needs: a way back, and somebody who tells what becomes of it. */
function watchedRoles(
  environment: NamedEnvironment, runners: readonly string[], busArn: string,
): Pick<EnvironmentRoles, 'rollBack' | 'forwarder'> {
  const { rollBack, forwarder } = environment.roles;
  if (!rollBack || !forwarder) { return {}; }
  return {
    rollBack: rollBackRole(rollBack, environment, runners),
    forwarder: {
      ...forwarder,
      purpose: 'Forwards events of the endpoint to the tooling account.',
      assumedBy: { service: 'events.amazonaws.com' },
      grants: [forwardEvents(busArn)],
    },
  };
}

/** The key that encrypts what is in an environment. */
export function environmentKey(
  { endpoint, place, keyAlias }: Pick<NamedEnvironment, 'endpoint' | 'place' | 'keyAlias'>,
): string {
  return endpoint.kmsKeyArn ?? arn(place, 'kms', `alias/${keyAlias}`);
}
