import { join } from './containers';
import { type Call, calls, log, readBucket, type World, write } from './world';
import type { NetworkOptions } from '../../../../src/options/network';
import { SourceType } from '../../../../src/options/source';
import type { Place } from '../../../../src/plan/place';
import type { DeliverySource } from '../../../../src/plan/settings';
import type { AwsResource } from '../../../../testing/iam/policies';

/** CodePipeline user guide, "Manage the CodePipeline service role", with the permissions of each action's provider. */
export const PIPELINE_ROLE = 'CodePipeline user guide, "Manage the CodePipeline service role"';
/** CodeBuild user guide, "Allow CodeBuild to interact with other AWS services". */
export const BUILD_ROLE = 'CodeBuild user guide, "Allow CodeBuild to interact with other AWS services"';

/** Artifacts of a pipeline, which its actions and builds read and write. */
export function artifacts(world: World, bucket: string): Call[] {
  return [
    ...readBucket(bucket, 'churn/Source/a1b2c3'), ...write(bucket, 'churn/Deployme/a1b2c3'),
    ...calls(bucket, ['s3:GetBucketVersioning']),
    ...useKey(world.policies.resources.get(bucket)),
  ];
}

/**
 * What both services ask for on the key of artifacts (CodePipeline user guide, "Configure server-side encryption for
 * artifacts stored in Amazon S3"; CodeBuild user guide, "Encrypt build outputs using a customer managed key").
 */
function useKey(bucket: AwsResource | undefined): Call[] {
  if (!bucket?.key) { return []; }
  const viaS3 = { 'kms:ViaService': `s3.${bucket.region}.amazonaws.com` };
  return calls(
    bucket.key,
    ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'].map(a => `kms:${a}`),
    viaS3,
  );
}

/**
 * The source action (CodePipeline user guide, "CodeCommit source action reference"; "Connection types" for the others).
 */
export function fetchSource(world: World, source: DeliverySource, place: Place, bucket: string): Call[] {
  if (source.type === SourceType.CODECOMMIT) {
    return calls(
      world.arn(place, 'codecommit', source.repository),
      ['CancelUploadArchive', 'GetBranch', 'GetCommit', 'GetRepository', 'GetUploadArchiveStatus', 'UploadArchive'].map(
        a => `codecommit:${a}`,
      ),
    );
  }
  return [
    ...calls(source.connectionArn ?? '', ['codeconnections:UseConnection', 'codestar-connections:UseConnection']),
    ...calls(`${bucket}/churn/Source/a1b2c3`, ['s3:PutObjectAcl']),
  ];
}

/** Build actions. */
export function startBuilds(world: World, place: Place, projects: readonly string[]): Call[] {
  return projects.flatMap(name =>
    calls(world.arn(place, 'codebuild', `project/${name}`), ['codebuild:StartBuild', 'codebuild:BatchGetBuilds']));
}

/** A build that a pipeline starts: its artifacts, its log, its network. */
export function build(
  world: World, place: Place, bucket: string, projects: readonly string[], network: NetworkOptions | undefined,
): Call[] {
  return [...artifacts(world, bucket), ...projects.flatMap(name =>
    log(world, place, `/aws/codebuild/${name}`)), ...join(world, place, network, 'codebuild')];
}

/** What a state machine's tasks call: derived from its definition, so that a new task needs a right as well. */
export function tasksOf(definition: object): string[] {
  const texts = JSON.stringify(definition).match(/states:::(aws-sdk:)?[a-z0-9]+:[A-Za-z]+/g) ?? [];
  return [...new Set(texts.map(text => {
    const [service, call] = text.split(':::')[1].replace('aws-sdk:', '').split(':');
    return `${service === 'eventbridge' ? 'events' : service}:${call[0].toUpperCase()}${call.slice(1)}`;
  }))];
}

/** The tasks of a state machine with the resource that each works on. */
export function runTasks(
  world: World, stateMachine: string, resources: { readonly [action: string]: readonly string[] },
): Call[] {
  const found = world.policies.resources.get(stateMachine);
  if (!found) { throw new Error(`no template has the state machine ${stateMachine}`); }
  const definition = found.properties.Definition ?? JSON.parse(found.properties.DefinitionString);
  return tasksOf(definition).flatMap(action => {
    if (!(action in resources)) {
      throw new Error(`${stateMachine} has a task ${action}, and nothing is known about what it works on`);
    }
    const right = action === 's3:HeadObject' ? 's3:GetObject' : action;
    const context = action === 's3:PutObject' ? { 's3:if-none-match': '*', 's3:ObjectCreationOperation': 'true' } : undefined;
    return resources[action].map(resource => ({ action: right, resource, ...(context ? { context } : {}) }));
  });
}

/**
 * Log and trace of a state machine (Step Functions guide, "Using CloudWatch Logs to log execution history" and "Trace
 * Step Functions requests in AWS X-Ray").
 */
export function logExecutions(): Call[] {
  return [
    ...[
      'CreateLogDelivery', 'DeleteLogDelivery', 'DescribeLogGroups', 'DescribeResourcePolicies', 'GetLogDelivery',
      'ListLogDeliveries', 'PutResourcePolicy', 'UpdateLogDelivery',
    ].map(a => `logs:${a}`),
    ...['GetSamplingRules', 'GetSamplingTargets', 'PutTelemetryRecords', 'PutTraceSegments'].map(a => `xray:${a}`),
  ].map(action => ({ action, resource: '*' }));
}
