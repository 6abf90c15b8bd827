import { BASE, make, SOURCE, statements, text } from './promotion';
import { cleanUp } from '../../testing/deliveries/synth';

afterAll(cleanUp);

describe('the role that promotes', () => {
  const all = statements(make(BASE).template, '-promote');

  test('reads packages of the source group, whose ARNs may be in lower case, and changes none of them', () => {
    expect(all.SourcePackages.Action).toEqual(['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages']);
    expect(text(all.SourcePackages.Resource)).toContain(
      ':sagemaker:eu-west-1:111111111111:model-package-group/churn-main',
    );
    const upper = make({
      ...BASE, sourceModelPackageGroupArn: SOURCE.replace('churn-main', 'Churn'),
      targetModelPackageGroupName: 'churn-prod',
    }).template;
    const found = text(statements(upper, '-promote').SourcePackages.Resource);
    expect(found).toContain('model-package/Churn/*');
    expect(found).toContain('model-package/churn/*');
  });
  test('reads objects of the source account alone, and decrypts through S3 alone', () => {
    for (const sid of ['SourceObjects', 'SourceBuckets']) {
      expect(all[sid].Condition).toEqual({ StringEquals: { 's3:ResourceAccount': '111111111111' } });
    }
    expect(all.SourceObjects.Action).toBe('s3:GetObject');
    expect(text(all.SourceKeys.Resource)).toContain(':kms:eu-west-1:111111111111:key/*');
    expect(text(all.SourceKeys.Condition)).toContain('s3.eu-west-1.');
  });
  test('writes below one prefix of the target bucket, and deletes nothing', () => {
    expect(all.TargetObjects.Action).toEqual(['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject']);
    expect(text(all.TargetObjects.Resource)).toContain(':s3:::models/model-packages/*');
    expect(JSON.stringify(all)).not.toMatch(/Delete|Tagging|Acl|iam:|sts:/);
  });
  test('approves and rejects in the target group alone', () => {
    expect(all.TargetPackages.Action).toEqual([
      'sagemaker:CreateModelPackage', 'sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages',
    ]);
    expect(all.TargetStatus.Action).toBe('sagemaker:UpdateModelPackage');
    expect(all.TargetStatus.Condition.StringEquals).toEqual({
      'sagemaker:ModelApprovalStatus': ['Approved', 'Rejected'],
    });
    expect(text(all.TargetPackages.Resource)).toContain(
      ':sagemaker:<Region>:<AccountId>:model-package-group/churn-main',
    );
  });
  test('looks images up where the copy is and where the source is, and pulls none', () => {
    expect(all.Images.Action).toEqual(['ecr:BatchGetImage', 'ecr:DescribeImages']);
    expect(text(all.Images.Resource)).toContain(':ecr:<Region>:*:repository/*');
    expect(text(all.Images.Resource)).toContain(':ecr:eu-west-1:*:repository/*');
  });
});
