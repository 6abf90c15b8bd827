import * as iam from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { SourceGroup } from '../../options/knowledge/source-group';
import { groupResources } from '../../plan/promotion/roles';
import { fill } from '../shared/fill';

/** What the resource policies of a source account must allow, so that its packages can be promoted. */
export interface ModelPackageSourceAccess {
  /** For the policy of the model package group. */
  readonly modelPackageGroup: iam.PolicyStatement[];
  /** For the policy of each bucket that holds artifacts or reports of packages. */
  readonly bucket: iam.PolicyStatement[];
  /** For the policy of each KMS key that these are encrypted with; a key that AWS manages cannot be shared. */
  readonly key: iam.PolicyStatement[];
  /** For the policy of each ECR repository with own images that packages run in; images of AWS need none. */
  readonly repository: iam.PolicyStatement[];
}

/** The statements for the role of a promotion. */
export function sourceAccess(
  scope: Construct, source: SourceGroup, role: iam.IRole, bucketArn: string,
): ModelPackageSourceAccess {
  const account = Stack.of(scope).account;
  // The role may not exist yet, and a principal must; a condition has not.
  const promoter = (sid: string, actions: string[], resources?: string[]) => new iam.PolicyStatement({
    sid,
    actions,
    resources,
    principals: [new iam.AccountPrincipal(account)],
    conditions: { ArnEquals: { 'aws:PrincipalArn': role.roleArn } },
  });
  const resources = groupResources(source, source.name).map(text => fill(scope, text));
  return {
    modelPackageGroup: [
      promoter('PromotePackages', ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'], resources),
    ],
    bucket: [
      promoter('PromoteObjects', ['s3:GetObject'], [`${bucketArn}/*`]),
      promoter('PromoteBucket', ['s3:ListBucket'], [bucketArn]),
    ],
    key: [promoter('PromoteDecrypt', ['kms:Decrypt'], ['*'])],
    repository: [new iam.PolicyStatement({
      sid: 'PromotePull',
      // The models that run the image have roles of their own.
      principals: [new iam.AccountPrincipal(account)],
      actions: [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:DescribeImages',
        'ecr:GetDownloadUrlForLayer',
      ],
    })],
  };
}
