import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Fn } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** Says under a fixed name where an asset is: a workflow's file cannot name what a deployment has yet to publish. */
export function tellWhere(scope: Construct, id: string, name: string, asset: Asset, what: string): ssm.CfnParameter {
  return new ssm.CfnParameter(scope, id, {
    name,
    type: 'String',
    description: `Where ${what} is`,
    value: Fn.sub('{"bucket":"${bucket}","key":"${key}","owner":"${AWS::AccountId}"}', {
      bucket: asset.s3BucketName, key: asset.s3ObjectKey,
    }),
  });
}
