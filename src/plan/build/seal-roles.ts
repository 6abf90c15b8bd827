import type { NamedGroup } from '../model';
import type { BuildRoles } from './model';
import { below, FOLDERS } from './prefixes';
import { modelPackagesArn } from './registry';
import { arn, bucketArn } from '../arn';
import { buildLog } from '../logs';
import { KMS_PUT, lookAtImages, ownRepositories, useOwnKey, writeBelow, writeLogs } from '../roles/grants';

const VERSIONS = 'The registry numbers the versions.';

/** The roles of sealing: nothing of the repository runs with them. */
export function sealRoles({ build, roles }: NamedGroup): Pick<BuildRoles, 'sealer' | 'sealTrigger'> {
  const { place } = build;
  const made = [...FOLDERS.training, ...FOLDERS.processing, ...FOLDERS.sealer];
  return {
    sealer: {
      ...roles.sealer,
      purpose: 'Seals registered packages: copies the artifact to where nothing is replaced, and records what is in '
        + 'it.',
      assumedBy: { service: 'codebuild.amazonaws.com' },
      grants: [
        {
          sid: 'Tools',
          actions: ['s3:GetObject', 's3:GetObjectVersion'],
          resources: ['{toolsObject}'],
          why: 'The tools are those that the infrastructure was deployed with.',
        },
        {
          sid: 'ToolsBucket',
          actions: ['s3:GetBucketAcl', 's3:GetBucketLocation'],
          resources: ['{assetBucket}'],
          why: 'CodeBuild looks at the bucket of its source.',
        },
        {
          sid: 'Read',
          actions: ['s3:GetObject', 's3:GetObjectVersion'],
          resources: made.map(folder => bucketArn(build.artifactBucket, `/${build.pipelineName}/${folder}/*`)),
          why: 'The registered version is copied, and both are read to compare them.',
          wildcard: 'Training jobs make up the keys of artifacts; the prefixes are exact.',
        },
        {
          sid: 'Versions',
          actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketVersions'],
          resources: [bucketArn(build.artifactBucket)],
          why: 'An artifact that was written more than once is refused.',
        },
        writeBelow('Write', below(build, 'sealer'), 'The copy is written, once.'),
        useOwnKey(KMS_PUT, 'Artifacts are encrypted.'),
        {
          sid: 'Record',
          actions: ['sagemaker:DescribeModelPackage', 'sagemaker:UpdateModelPackage'],
          resources: [modelPackagesArn(build)],
          why: 'The copy and its SHA-256 are recorded in the package.',
          wildcard: VERSIONS,
        },
        {
          sid: 'NeverDecide',
          effect: 'Deny',
          actions: ['sagemaker:CreateModelPackage', 'sagemaker:UpdateModelPackage'],
          resources: [arn(place, 'sagemaker', 'model-package/*'), arn(place, 'sagemaker', 'model-package-group/*')],
          conditions: { Null: { 'sagemaker:ModelApprovalStatus': 'false' } },
          why: 'Whoever seals sets no approval status at all.',
        },
        lookAtImages(
          place,
          ownRepositories(place, build.repositories),
          'SageMaker looks up the image of an inference specification that is added.',
        ),
        writeLogs(place, [buildLog(build.sealProject)], 'The build\'s output is logged.'),
      ],
    },
    sealTrigger: {
      ...roles.sealTrigger,
      purpose: 'Starts the sealing of a package that was registered or approved.',
      assumedBy: { service: 'events.amazonaws.com' },
      grants: [{
        sid: 'Start',
        actions: ['codebuild:StartBuild'],
        resources: [arn(place, 'codebuild', `project/${build.sealProject}`)],
        why: 'Each version is sealed.',
      }],
    },
  };
}
