import type { PlannedEnvironment } from '../../../../src/plan/endpoint/model';
import type { DeliveryPlan } from '../../../../src/plan/model';
import type { Place } from '../../../../src/plan/place';
import type { PlannedRole } from '../../../../src/plan/roles/role-model';
import { type DefaultPlace, HERE } from '../../../../testing/iam/assembly';
import type { AwsResource, Policies } from '../../../../testing/iam/policies';
import type { Context, Request } from '../../../../testing/iam/request';

/** A call without the one who makes it. */
export type Call = Omit<Request, 'principal'>;

/** What one kind of principal calls in one step, and how that is known. */
export interface Step {
  /** ARN of the role, or the name of a service. */
  readonly principal: string;
  readonly name: string;
  /** File whose code makes the calls, or the page that lists them. */
  readonly source: string;
  readonly calls: readonly Call[];
}

/** A delivery as it is once deployed: its plan with accounts and regions filled in, and what its templates made. */
export class World {
  public constructor(
    public readonly plan: DeliveryPlan, public readonly policies: Policies, private readonly here: DefaultPlace = HERE,
  ) {}

  /** Account and region. */
  public at({ account, region }: Place): DefaultPlace {
    return { account: account ?? this.here.account, region: region ?? this.here.region };
  }

  /** Fills the placeholders of a text of the plan. */
  public fill(text: string, place: Place): string {
    const { account, region } = this.at(place);
    const values: { readonly [name: string]: string } = {
      account, region, partition: 'aws', urlSuffix: 'amazonaws.com',
    };
    return text.replace(/\{(\w+)\}/g, (_, name: string) => {
      if (!(name in values)) { throw new Error(`nothing is known for {${name}} in ${text}`); }
      return values[name];
    });
  }

  /** ARN of a regional resource. */
  public arn(place: Place, service: string, resource: string): string {
    const { account, region } = this.at(place);
    return `arn:aws:${service}:${region}:${account}:${resource}`;
  }

  public role(role: PlannedRole): string {
    return this.fill(role.arn, role.place);
  }

  public bucket(name: string, place: Place): string {
    return `arn:aws:s3:::${this.fill(name, place)}`;
  }

  /** ARN of the key under an alias. */
  public key(alias: string, place: Place): string {
    const { account, region } = this.at(place);
    const found = this.resourcesOf('AWS::KMS::Key').find(k => k.account === account && k.region === region
      && k.aliases.includes(`alias/${alias}`));
    if (!found) { throw new Error(`no template has a key with the alias ${alias} in ${account}, ${region}`); }
    return found.arn;
  }

  /** ARN of an environment's key: its own, or the one that the options name. */
  public environmentKey(environment: PlannedEnvironment): string {
    return environment.endpoint.kmsKeyArn ?? this.key(environment.keyAlias, environment.place);
  }

  public resourcesOf(type: string, stack?: string): AwsResource[] {
    return [...this.policies.resources.values()].filter(r => r.type === type
      && (stack === undefined || r.stack === stack));
  }
}

/** Makes calls of several actions on one resource. */
export function calls(resource: string, actions: readonly string[], context?: Context): Call[] {
  return actions.map(action => ({ action, resource, ...(context ? { context } : {}) }));
}

/** Reads and lists a bucket. */
export function readBucket(bucket: string, key: string): Call[] {
  return [...calls(`${bucket}/${key}`, ['s3:GetObject', 's3:GetObjectVersion']), ...calls(bucket, [
    's3:GetBucketLocation', 's3:ListBucket',
  ])];
}

/** Uploads an object, in parts when it is large. */
export function write(bucket: string, key: string): Call[] {
  return calls(`${bucket}/${key}`, ['s3:PutObject', 's3:AbortMultipartUpload']);
}

/** Writes to a log group; those of builds are there before (aws-cdk #12179: the first call is for a stream). */
export function log(
  world: World, place: Place, group: string,
  actions: readonly string[] = ['logs:CreateLogStream', 'logs:PutLogEvents'],
): Call[] {
  const ofGroup = ['logs:CreateLogGroup', 'logs:DescribeLogStreams'];
  return actions.map(action => ({
    action, resource: world.arn(place, 'logs', `log-group:${group}${ofGroup.includes(action) ? '' : ':log-stream:1'}`),
  }));
}

/** Passes a role on. */
export function pass(role: string, service: string): Call {
  return { action: 'iam:PassRole', resource: role, context: { 'iam:PassedToService': service } };
}
