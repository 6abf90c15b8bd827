import type { Grant } from './role-model';

/** The tools as the source of a CodeBuild project that no pipeline starts. */
export function readTools(why: string): Grant[] {
  return [
    {
      sid: 'Tools',
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: ['{toolsObject}'],
      why,
    },
    {
      sid: 'ToolsBucket',
      actions: ['s3:GetBucketAcl', 's3:GetBucketLocation'],
      resources: ['{assetBucket}'],
      why: 'CodeBuild checks the bucket of its source.',
    },
  ];
}
