import type { NamedPromotion, PromotionRoles, PlannedPromotion } from './model';
import { namePromotion, COPY_PREFIX } from './names';
import type { SourceGroup } from '../../options/knowledge/source-group';
import type { PromotionOptions } from '../../options/promotion';
import { arn, bucketArn } from '../arn';
import { setStatus } from '../govern/decision-grants';
import { buildLog } from '../logs';
import { texts } from '../names/planned-names';
import type { Place } from '../place';
import { KMS_READ, KMS_READ_WRITE, objects, useOwnKey, writeLogs } from '../roles/grants';
import type { Grant } from '../roles/role-model';

/** A group and its packages. ARNs of packages may have the group's name in lower case. */
export function groupResources(place: Place, name: string): string[] {
  const names = [...new Set([name, name.toLowerCase()])];
  return names.flatMap(n => [
    arn(place, 'sagemaker', `model-package-group/${n}`),
    arn(place, 'sagemaker', `model-package/${n}/*`),
  ]);
}

/** A promotion with its roles. */
export function planPromotion(options: PromotionOptions, to: Place): PlannedPromotion {
  const named = texts(namePromotion(options, to));
  return { ...named, roles: promotionRoles(named) };
}

export function promotionRoles(promotion: NamedPromotion): PromotionRoles {
  const { place, roles, project, pipeline, artifactBucket } = promotion;
  return {
    promoter: {
      ...roles.promoter,
      purpose: 'Copies approved model packages from the source group, with artifacts, reports and images.',
      assumedBy: { service: 'codebuild.amazonaws.com' },
      grants: [
        writeLogs(place, [buildLog(project)], "Writes the build's log."),
        ...objects('Artifact', artifactBucket, 'read', 'Reads the tools from the pipeline.'),
        useOwnKey(KMS_READ, "Encrypts the pipeline's artifacts."),
        ...readSource(promotion.source),
        ...writeTarget(promotion),
        readImages(promotion.source),
      ],
    },
    pipeline: {
      ...roles.pipeline,
      purpose: 'Service role of the promotion pipeline.',
      assumedBy: { service: 'codepipeline.amazonaws.com' },
      grants: [
        {
          sid: 'SourceObjects',
          actions: ['s3:GetObject', 's3:GetObjectVersion'],
          resources: ['{toolsObject}'],
          why: 'Reads the tools that the pipeline was deployed with.',
        },
        {
          sid: 'SourceBucket',
          actions: ['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetBucketVersioning'],
          resources: ['{assetBucket}'],
          why: 'The source action finds the current version.',
        },
        {
          sid: 'Builds',
          actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild'],
          resources: [arn(place, 'codebuild', `project/${project}`)],
          why: "Runs the pipeline's action as a build.",
        },
        ...objects('Artifact', artifactBucket, 'pipeline', 'Passes the tools between actions.'),
        useOwnKey(KMS_READ_WRITE, "Encrypts the pipeline's artifacts."),
      ],
    },
    ...(roles.trigger ? {
      trigger: {
        ...roles.trigger,
        purpose: 'Starts the promotion pipeline after an approval or a rejection in the source group.',
        assumedBy: { service: 'events.amazonaws.com' },
        grants: [{
          sid: 'Start',
          actions: ['codepipeline:StartPipelineExecution'],
          resources: [arn(place, 'codepipeline', pipeline)],
          why: 'Starts the pipeline for each event.',
        }],
      },
    } : {}),
  };
}

/** Reading the source account; its own policies must allow the same. */
function readSource({ account, region, name }: SourceGroup): Grant[] {
  const conditions = { StringEquals: { 's3:ResourceAccount': account } };
  const wildcard = 'The package names the buckets of its artifacts and reports; the condition admits only the source '
    + "account's, and their policies decide.";
  return [
    {
      sid: 'SourcePackages',
      actions: ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'],
      resources: groupResources({ account, region }, name),
      why: 'Finds and reads the newest approved version.',
      wildcard: 'The registry assigns the version numbers.',
    },
    {
      sid: 'SourceObjects',
      actions: ['s3:GetObject'],
      resources: [bucketArn('*', '/*')],
      conditions,
      why: 'Reads and copies artifacts.',
      wildcard,
    },
    {
      sid: 'SourceBuckets',
      actions: ['s3:ListBucket'],
      resources: [bucketArn('*')],
      conditions,
      why: 'Lists uncompressed model data.',
      wildcard,
    },
    {
      sid: 'SourceKeys',
      actions: ['kms:Decrypt'],
      resources: [arn({ account, region }, 'kms', 'key/*')],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } },
      why: 'S3 decrypts the objects that it copies.',
      wildcard: 'Only the bucket knows which key encrypts an artifact; the condition allows use only through S3, and '
        + "the key's policy decides.",
    },
  ];
}

function writeTarget({ place, bucket, group, kmsKeyArn }: NamedPromotion): Grant[] {
  const copies = bucketArn(bucket, `/${COPY_PREFIX}/*`);
  const via = { 'kms:ViaService': `s3.${place.region ?? '{region}'}.amazonaws.com` };
  const key: Grant = {
    sid: 'TargetKey',
    // The second one also for copies in parts (S3 API reference, CreateMultipartUpload, permissions).
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [kmsKeyArn ?? arn(place, 'kms', 'key/*')],
    conditions: kmsKeyArn ? { StringEquals: via } : {
      StringEquals: via,
      StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucketArn(bucket), copies] },
    },
    why: 'Encrypts copies and compares them with the originals.',
  };
  return [
    {
      sid: 'TargetObjects',
      actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
      resources: [copies],
      why: 'Copies artifacts and compares them with the originals.',
      wildcard: 'Each copy has its own key, made from source, version and checksum.',
    },
    {
      sid: 'NeverReplace',
      effect: 'Deny',
      actions: ['s3:PutObject'],
      resources: [copies],
      // Parts of an upload bring no such header (S3 user guide, "Enforce conditional writes on Amazon S3 buckets"); the
      // service authorization reference lists both keys for PutObject.
      conditions: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
      why: "Denied: a promoted object is never overwritten, whatever the bucket's policy says.",
    },
    {
      sid: 'TargetBucket',
      actions: ['s3:ListBucket'],
      resources: [bucketArn(bucket)],
      why: 'Without it S3 answers "access denied" instead of "not found" for a missing copy.',
    },
    kmsKeyArn ? key : {
      ...key,
      wildcard: 'Only the target bucket knows the key of its default encryption; the conditions admit its use by S3 '
        + 'for this bucket only.',
    },
    {
      sid: 'TargetPackages',
      actions: [
        'CreateModelPackage',
        'DescribeModelPackage',
        'ListModelPackages',
      ].map(a => `sagemaker:${a}`),
      resources: groupResources(place, group),
      why: 'Finds copies and registers them as approved.',
      wildcard: 'The registry assigns the version numbers.',
    },
    {
      ...setStatus(
        { place, modelPackageGroup: group }, 'TargetStatus', ['Approved', 'Rejected'],
        'Rejects copies with their originals, and approves them again; where they come from stays as it is.',
      ),
      resources: groupResources(place, group).filter(resource => resource.endsWith('/*')),
    },
  ];
}

function readImages({ region }: SourceGroup): Grant {
  return {
    sid: 'Images',
    // The second one is for SageMaker, which looks an image up for whoever registers a package (as in the managed
    // policy AmazonSageMakerModelRegistryFullAccess).
    actions: ['ecr:BatchGetImage', 'ecr:DescribeImages'],
    resources: [...new Set(['{region}', region])].map(r => arn({ account: '*', region: r }, 'ecr', 'repository/*')),
    why: 'Looks up each container image in the registry that the copy pulls it from, and compares your own images with '
      + 'their replicas.',
    wildcard: 'The package names its image: AWS publishes its images from accounts that differ by region; others can '
      + 'be in any account whose repository policy allows it.',
  };
}
