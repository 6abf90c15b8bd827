import { type StackProps } from 'aws-cdk-lib/core';
import { ALL, BASE, KEY, make, PLACE } from './promotion';
import { OptionError } from '../../src/options/engine/option-error';
import { declared } from '../../src/options/schemas/declared';
import { cleanUp } from '../../testing/deliveries/synth';

afterAll(cleanUp);

describe('a wrong property is refused', () => {
  const refused = (props: object, env?: StackProps['env']): string => {
    try {
      make({ ...BASE, ...props }, env);
    } catch (error) {
      expect(error).toBeInstanceOf(OptionError);
      return (error as OptionError).problems.map(p => p.path).join() + ': ' + (error as Error).message;
    }
    return 'accepted';
  };

  test.each<[string, object, RegExp]>([
    [
      'an ARN of a package',
      { sourceModelPackageGroupArn: 'arn:aws:sagemaker:eu-west-1:111111111111:model-package/churn/1' },
      /^sourceModelPackageGroupArn: .*allowed: the ARN of a model package group/,
    ],
    [
      'no ARN', { sourceModelPackageGroupArn: undefined },
      /^sourceModelPackageGroupArn: .*a value is required.*Add sourceModelPackageGroupArn/,
    ],
    ['no bucket', { targetBucketName: undefined }, /^targetBucketName: .*Add targetBucketName/],
    ['a bucket\'s ARN', { targetBucketName: 'arn:aws:s3:::models' }, /^targetBucketName: .*not its ARN/],
    [
      'a bus\'s ARN', { eventBusName: 'arn:aws:events:us-east-1:222222222222:event-bus/promotions' },
      /^eventBusName: .*Give the name of the bus, not its ARN/,
    ],
    ['a group\'s name with a slash', { targetModelPackageGroupName: 'churn/prod' }, /^targetModelPackageGroupName: /],
    ['a long project id', { sagemakerProjectId: 'p'.repeat(21) }, /^sagemakerProjectId: /],
    ['a project name with blanks', { sagemakerProjectName: 'my project' }, /^sagemakerProjectName: /],
    [
      'a key\'s alias', { kmsKeyArn: 'arn:aws:kms:us-east-1:222222222222:alias/models' },
      /^kmsKeyArn: .*the ARN of a KMS key/,
    ],
    ['a text for a switch', { retainOnDelete: 'yes' }, /^retainOnDelete: .*true or false/],
    ['a name with a typo', { targetBucket: 'models' }, /^targetBucket: .*Did you mean targetBucketName/],
    ['several', { targetBucketName: 'A', eventBusName: '' }, /^targetBucketName,eventBusName: 2 options are invalid/],
    [
      'a key of another partition', { kmsKeyArn: KEY.replace('arn:aws:', 'arn:aws-cn:') },
      /^kmsKeyArn: .*a key in the partition aws,/,
    ],
  ])('%s', (_, props, message) => expect(refused(props)).toMatch(message));

  test.each<[string, object, StackProps['env'], RegExp]>([
    [
      'a key of another region', { kmsKeyArn: KEY }, { ...PLACE, region: 'us-west-2' },
      /^kmsKeyArn: .*a key in us-west-2/,
    ],
    [
      'a source of another partition', {}, { ...PLACE, region: 'cn-north-1' },
      /^sourceModelPackageGroupArn: .*Nothing can be copied between partitions/,
    ],
    [
      'the source itself', {}, { account: '111111111111', region: 'eu-west-1' },
      /^targetModelPackageGroupName: .*a different name from the source/,
    ],
  ])('%s, where it is deployed to', (_, props, env, message) => expect(refused(props, env)).toMatch(message));

  test('while the same group name in another region is right', () =>
    expect(refused({}, { account: '111111111111', region: 'us-east-1' })).toBe('accepted'));
});

test('the schema has exactly the properties of the construct', () => {
  expect(Object.keys(declared('PromotionOptions').properties!)).toEqual([
    ...Object.keys(BASE), ...Object.keys(ALL).filter(name => !(name in BASE)),
  ]);
});
