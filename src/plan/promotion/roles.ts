import type { NamedPromotion, PromotionRoles, PlannedPromotion } from './model';
import { namePromotion, COPY_PREFIX } from './names';
import type { SourceGroup } from '../../options/knowledge/source-group';
import type { PromotionOptions } from '../../options/promotion';
import { arn, bucketArn } from '../arn';
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
      purpose: 'Copies approved model packages from the source group with all that belongs to them.',
      assumedBy: { service: 'codebuild.amazonaws.com' },
      grants: [
        writeLogs(place, [buildLog(project)], 'The build\'s output is logged.'),
        ...objects('Artifact', artifactBucket, 'read', 'The tools come from the pipeline.'),
        useOwnKey(KMS_READ, 'The pipeline\'s artifacts are encrypted.'),
        ...readSource(promotion.source),
        ...writeTarget(promotion),
        readImages(promotion.source),
      ],
    },
    pipeline: {
      ...roles.pipeline,
      purpose: 'Carries out the promotion pipeline.',
      assumedBy: { service: 'codepipeline.amazonaws.com' },
      grants: [
        {
          sid: 'SourceObjects',
          actions: ['s3:GetObject', 's3:GetObjectVersion'],
          resources: ['{toolsObject}'],
          why: 'The pipeline starts from the tools that it was deployed with.',
        },
        {
          sid: 'SourceBucket',
          actions: ['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetBucketVersioning'],
          resources: ['{assetBucket}'],
          why: 'The source action looks for the current version.',
        },
        {
          sid: 'Builds',
          actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild'],
          resources: [arn(place, 'codebuild', `project/${project}`)],
          why: 'The pipeline\'s action is a build.',
        },
        ...objects('Artifact', artifactBucket, 'pipeline', 'The tools go from action to action.'),
        useOwnKey(KMS_READ_WRITE, 'The pipeline\'s artifacts are encrypted.'),
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
          why: 'Each event starts the pipeline.',
        }],
      },
    } : {}),
  };
}

/** Reading the source account; its own policies have to allow the same. */
function readSource({ account, region, name }: SourceGroup): Grant[] {
  const conditions = { StringEquals: { 's3:ResourceAccount': account } };
  const wildcard = 'Which buckets hold a package\'s artifacts and reports is said by the package; the condition admits '
    + 'those of the source account alone, and their policies decide.';
  return [
    {
      sid: 'SourcePackages',
      actions: ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'],
      resources: groupResources({ account, region }, name),
      why: 'The newest approved version is found and read.',
      wildcard: 'The registry numbers the versions.',
    },
    {
      sid: 'SourceObjects',
      actions: ['s3:GetObject'],
      resources: [bucketArn('*', '/*')],
      conditions,
      why: 'Artifacts are looked at and copied.',
      wildcard,
    },
    {
      sid: 'SourceBuckets',
      actions: ['s3:ListBucket'],
      resources: [bucketArn('*')],
      conditions,
      why: 'Uncompressed model data is listed.',
      wildcard,
    },
    {
      sid: 'SourceKeys',
      actions: ['kms:Decrypt'],
      resources: [arn({ account, region }, 'kms', 'key/*')],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } },
      why: 'S3 decrypts what it copies.',
      wildcard: 'Which key encrypts an artifact is known to its bucket alone; the condition admits the use through S3 '
        + 'alone, and the key\'s policy decides.',
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
    why: 'Copies are encrypted, and compared with their originals.',
  };
  return [
    {
      sid: 'TargetObjects',
      actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
      resources: [copies],
      why: 'Artifacts are copied, and compared with their originals.',
      wildcard: 'Each copy is below a key of its own, made of source, version and checksum.',
    },
    {
      sid: 'NeverReplace',
      effect: 'Deny',
      actions: ['s3:PutObject'],
      resources: [copies],
      // Parts of an upload bring no such header (S3 user guide, "Enforce conditional writes on Amazon S3 buckets"); the
      // service authorization reference lists both keys for PutObject.
      conditions: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
      why: 'What was promoted is never written over, whatever the bucket\'s own policy says.',
    },
    {
      sid: 'TargetBucket',
      actions: ['s3:ListBucket'],
      resources: [bucketArn(bucket)],
      why: 'Without it S3 does not say that a copy is not there yet, only that access is denied.',
    },
    kmsKeyArn ? key : {
      ...key,
      wildcard: 'The key of the target bucket\'s default encryption is known to the bucket alone; the conditions admit '
        + 'its use by S3 for this bucket alone.',
    },
    {
      sid: 'TargetPackages',
      actions: [
        'CreateModelPackage',
        'DescribeModelPackage',
        'ListModelPackages',
        'UpdateModelPackage',
      ].map(a => `sagemaker:${a}`),
      resources: groupResources(place, group),
      why: 'Copies are found, registered as approved, and rejected with their originals.',
      wildcard: 'The registry numbers the versions.',
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
    why: 'Each container image is looked up where the copy will take it from, and an own one is compared with its '
      + 'replica.',
    wildcard: 'Which image a package runs in is said by the package: AWS publishes its own from accounts that differ '
      + 'by region, others are in any account whose repository policy allows it.',
  };
}
