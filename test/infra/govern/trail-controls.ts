import type { Json } from '../../../testing/deliveries/synth';

/** A control of an audit trail: how it is seen in a template, and how somebody would drop it. */
export interface Control {
  readonly name: string;
  readonly holds: (template: Json) => boolean;
  readonly drop: (template: Json) => void;
}

const all = (template: Json, type: string): Json[] => Object.values<Json>(template.Resources)
  .filter(resource => resource.Type === type).map(({ Properties }) => Properties);
const trail = (template: Json): Json => all(template, 'AWS::CloudTrail::Trail')[0];
const locked = (template: Json): Json => all(template, 'AWS::S3::Bucket')
  .find(bucket => bucket.ObjectLockEnabled !== undefined) ?? {};
const statements = (template: Json): Json[] => [
  ...all(template, 'AWS::S3::BucketPolicy').flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
  ...all(template, 'AWS::KMS::Key').flatMap(({ KeyPolicy }) => KeyPolicy.Statement),
];
const statement = (template: Json, sid: string): Json => statements(template).find(({ Sid }) => Sid === sid) ?? {};
const withoutStatement = (template: Json, sid: string) => {
  for (const document of [
    ...all(template, 'AWS::S3::BucketPolicy').map(({ PolicyDocument }) => PolicyDocument),
    ...all(template, 'AWS::KMS::Key').map(({ KeyPolicy }) => KeyPolicy),
  ]) {
    document.Statement = document.Statement.filter(({ Sid }: Json) => Sid !== sid);
  }
};
const selectors = (template: Json): Json[] => trail(template).AdvancedEventSelectors ?? [];
const fields = ({ FieldSelectors }: Json): { [field: string]: Json } =>
  Object.fromEntries(FieldSelectors.map((field: Json) => [field.Field, field]));
const withoutSelector = (name: string) => (template: Json) => {
  trail(template).AdvancedEventSelectors = selectors(template).filter(({ Name }) => Name !== name);
};
const rule = (template: Json, ending: string): Json =>
  all(template, 'AWS::Events::Rule').find(({ Name }) => String(Name).endsWith(`-${ending}`)) ?? {};
const withoutRule = (ending: string) => (template: Json) => {
  const isIt = ({ Type, Properties }: Json) => Type === 'AWS::Events::Rule'
    && String(Properties.Name).endsWith(`-${ending}`);
  template.Resources = Object.fromEntries(Object.entries<Json>(template.Resources).filter(([, one]) => !isIt(one)));
};
const calls = (template: Json, ending: string): string[] => rule(template, ending).EventPattern?.detail?.eventName
  ?? [];
const filters = (template: Json): string => all(template, 'AWS::Logs::MetricFilter')
  .map(({ FilterPattern }) => FilterPattern).join('\n');
const SETTING = (path: string, value: unknown = true): Control => ({
  name: `the trail has ${path}`,
  holds: template => trail(template)[path] === value,
  drop: template => { trail(template)[path] = undefined; },
});
const denies = (template: Json, sid: string, ...actions: readonly string[]) => {
  const { Effect, Principal, Action = [], Condition } = statement(template, sid);
  return Effect === 'Deny' && Principal.AWS === '*' && Condition === undefined
    && actions.every(action => Action.includes(action));
};
const watches = (ending: string, ...names: readonly string[]): Control => ({
  name: `a rule tells of ${ending}`,
  holds: template => names.every(name => calls(template, ending).includes(name))
    && rule(template, ending).Targets.length === 1,
  drop: withoutRule(ending),
});

/** Every control, each with the way to drop it. */
export const CONTROLS: readonly Control[] = [
  SETTING('IsLogging'), SETTING('IsMultiRegionTrail'), SETTING('IncludeGlobalServiceEvents'),
  SETTING('EnableLogFileValidation'),
  {
    name: 'log files are encrypted with the key',
    holds: template => trail(template).KMSKeyId !== undefined,
    drop: template => { delete trail(template).KMSKeyId; },
  },
  {
    name: 'filters look into the trail\'s log group',
    holds: template => trail(template).CloudWatchLogsLogGroupArn !== undefined,
    drop: template => { delete trail(template).CloudWatchLogsLogGroupArn; },
  },
  {
    name: 'management events are logged, reads and writes',
    holds: template => selectors(template).some(selector => JSON.stringify(selector.FieldSelectors) === JSON.stringify(
      [{ Equals: ['Management'], Field: 'eventCategory' }],
    )),
    drop: withoutSelector('Management events'),
  },
  {
    name: 'objects of evidence are logged',
    holds: template => selectors(template).some(selector => (
      fields(selector)['resources.type']?.Equals[0] === 'AWS::S3::Object'
      && fields(selector).eventName === undefined
      && fields(selector)['resources.ARN']?.StartsWith.includes('arn:aws:s3:::evidence/'))),
    drop: withoutSelector('Objects of evidence'),
  },
  {
    name: 'attempts on locked log files are logged, deliveries are not',
    holds: template => selectors(template).some(selector => fields(selector).eventName?.Equals.includes('DeleteObject')
      && !fields(selector).eventName.Equals.includes('PutObject')),
    drop: withoutSelector('Attempts to remove what is locked'),
  },
  {
    name: 'requests to endpoints are logged',
    holds: template => selectors(template).some(selector =>
      fields(selector)['resources.type']?.Equals[0] === 'AWS::SageMaker::Endpoint'),
    drop: withoutSelector('Requests to endpoints'),
  },
  {
    name: 'the bucket locks every object',
    holds: template => locked(template).ObjectLockEnabled === true
      && locked(template).ObjectLockConfiguration?.Rule?.DefaultRetention?.Years >= 10,
    drop: template => { delete locked(template).ObjectLockConfiguration; },
  },
  {
    name: 'the bucket has versions',
    holds: template => locked(template).VersioningConfiguration?.Status === 'Enabled',
    drop: template => { locked(template).VersioningConfiguration.Status = 'Suspended'; },
  },
  {
    name: 'access is logged elsewhere than in the bucket itself, in a bucket without a lock',
    holds: template => {
      const target = locked(template).LoggingConfiguration?.DestinationBucketName?.Ref;
      return target !== undefined && template.Resources[target].Properties.ObjectLockEnabled === undefined;
    },
    drop: template => { delete locked(template).LoggingConfiguration; },
  },
  {
    name: 'nobody removes an object or bypasses its lock',
    holds: template => denies(
      template, 'NobodyRemoves', 's3:DeleteObject', 's3:DeleteObjectVersion', 's3:BypassGovernanceRetention',
      's3:PutObjectRetention', 's3:PutObjectLegalHold', 's3:DeleteBucket',
    ),
    drop: template => withoutStatement(template, 'NobodyRemoves'),
  },
  {
    name: 'only CloudTrail writes',
    holds: template => statement(template, 'OnlyTrailsWrite').Effect === 'Deny'
      && statement(template, 'OnlyTrailsWrite').Condition.StringNotEquals['aws:PrincipalServiceName']
        === 'cloudtrail.amazonaws.com',
    drop: template => withoutStatement(template, 'OnlyTrailsWrite'),
  },
  {
    name: 'only this trail delivers, below its account',
    holds: template => {
      const { Condition, Resource } = statement(template, 'TrailDelivers1');
      return JSON.stringify(Condition?.StringEquals?.['aws:SourceArn'] ?? '').includes(':trail/models')
        && JSON.stringify(Resource).includes('/AWSLogs/123456789012/*');
    },
    drop: template => { delete statement(template, 'TrailDelivers1').Condition.StringEquals['aws:SourceArn']; },
  },
  {
    name: 'only this trail encrypts with the key, and says for which trail',
    holds: template => {
      const { StringEquals, StringLike } = statement(template, 'TrailsEncrypt').Condition ?? {};
      return JSON.stringify(StringEquals?.['aws:SourceArn'] ?? '').includes(':trail/models')
        && StringLike?.['kms:EncryptionContext:aws:cloudtrail:arn'] !== undefined;
    },
    drop: template => { delete statement(template, 'TrailsEncrypt').Condition; },
  },
  {
    name: 'the trail waits for the bucket\'s policy',
    holds: template => Object.values<Json>(template.Resources).some(({ Type, DependsOn = [] }) =>
      Type === 'AWS::CloudTrail::Trail' && DependsOn.some((id: string) =>
        template.Resources[id].Type === 'AWS::S3::BucketPolicy')),
    drop: template => Object.values<Json>(template.Resources).forEach(resource => {
      if (resource.Type === 'AWS::CloudTrail::Trail') { delete resource.DependsOn; }
    }),
  },
  watches('trail', 'StopLogging', 'DeleteTrail', 'UpdateTrail', 'PutEventSelectors'),
  watches('keys', 'ScheduleKeyDeletion', 'DisableKey', 'PutKeyPolicy'),
  watches(
    'buckets', 'PutBucketPolicy', 'DeleteBucketPolicy', 'PutObjectLockConfiguration', 'PutBucketLifecycle',
    'PutBucketVersioning',
  ),
  watches('evidence', 'DeleteObject', 'PutObjectRetention'),
  {
    name: 'changes of the approving roles raise an alarm, wherever IAM logs them',
    holds: template => /iam\.amazonaws\.com.*UpdateAssumeRolePolicy.*roleName = "approver"/.test(filters(template))
      && all(template, 'AWS::CloudWatch::Alarm').some(({ AlarmName, AlarmActions }) => AlarmName === 'models-roles'
        && AlarmActions.length === 1),
    drop: template => all(template, 'AWS::Logs::MetricFilter').forEach(filter => {
      filter.FilterPattern = filter.FilterPattern.replace('UpdateAssumeRolePolicy', 'GetRole');
    }),
  },
  {
    name: 'tampering in other regions raises an alarm',
    holds: template => /kms\.amazonaws\.com.*ScheduleKeyDeletion.*awsRegion != "eu-west-1"/.test(filters(template))
      && /s3\.amazonaws\.com.*awsRegion != "eu-west-1".*bucketName = "evidence"/.test(filters(template)),
    drop: template => all(template, 'AWS::Logs::MetricFilter').forEach(filter => {
      filter.FilterPattern = filter.FilterPattern.replace('awsRegion != ', 'awsRegion = ');
    }),
  },
  {
    name: 'results of questions are encrypted, whoever asks',
    holds: template => all(template, 'AWS::Athena::WorkGroup').every(({ WorkGroupConfiguration: configuration }) => (
      configuration.EnforceWorkGroupConfiguration === true
        && configuration.ResultConfiguration.EncryptionConfiguration.EncryptionOption === 'SSE_KMS')),
    drop: template => {
      all(template, 'AWS::Athena::WorkGroup')[0].WorkGroupConfiguration.EnforceWorkGroupConfiguration = false;
    },
  },
  {
    name: 'all questions are saved',
    holds: template => all(template, 'AWS::Athena::NamedQuery').length === 6,
    drop: template => {
      const isQuery = (id: string) => template.Resources[id].Type === 'AWS::Athena::NamedQuery';
      const id = Object.keys(template.Resources).find(isQuery)!;
      delete template.Resources[id];
    },
  },
];
