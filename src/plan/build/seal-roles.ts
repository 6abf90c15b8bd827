import type { NamedGroup } from '../model';
import type { BuildRoles } from './model';
import { below, FOLDERS } from './prefixes';
import { modelPackagesArn } from './registry';
import { arn, bucketArn } from '../arn';
import { moveStage, recordSeal } from '../govern/decision-grants';
import { SEALED_KEY } from '../govern/evidence-keys';
import { REGISTERED } from '../govern/stages';
import { buildLog } from '../logs';
import { KMS_PUT, lookAtImages, ownRepositories, useOwnKey, writeBelow, writeLogs } from '../roles/grants';
import { readTools } from '../roles/tools-grants';

const VERSIONS = 'The registry assigns the version numbers.';

/** The roles of sealing: nothing of the repository runs with them. */
export function sealRoles(
  { build, roles }: NamedGroup, lifeCycleStages: boolean,
): Pick<BuildRoles, 'sealer' | 'sealTrigger'> {
  const { place } = build;
  const made = [...FOLDERS.training, ...FOLDERS.processing, ...FOLDERS.sealer];
  return {
    sealer: {
      ...roles.sealer,
      purpose: 'Seals registered packages: copies the artifact to write-once storage and records its SHA-256.',
      assumedBy: { service: 'codebuild.amazonaws.com' },
      grants: [
        ...readTools('Reads the tools that the infrastructure was deployed with.'),
        {
          sid: 'Read',
          actions: ['s3:GetObject', 's3:GetObjectVersion'],
          resources: made.map(folder => bucketArn(build.artifactBucket, `/${build.pipelineName}/${folder}/*`)),
          why: 'Copies the registered artifact, then compares the two.',
          wildcard: 'Training jobs generate the keys of artifacts; the prefixes are exact.',
        },
        {
          sid: 'Versions',
          actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketVersions'],
          resources: [bucketArn(build.artifactBucket)],
          why: 'Refuses an artifact that was written more than once.',
        },
        writeBelow('Write', below(build, 'sealer'), 'Writes the copy, once.'),
        useOwnKey(KMS_PUT, 'Decrypts and encrypts artifacts.'),
        {
          sid: 'Look',
          actions: ['sagemaker:DescribeModelPackage'],
          resources: [modelPackagesArn(build)],
          why: 'Reads the package.',
          wildcard: VERSIONS,
        },
        recordSeal(build, SEALED_KEY, 'Records the copy and its SHA-256 in the package, once.'),
        ...(lifeCycleStages ? [moveStage(build, 'Begin', [REGISTERED], "Begins the package's life cycle.")] : []),
        {
          sid: 'NeverDecide',
          effect: 'Deny',
          actions: ['sagemaker:CreateModelPackage', 'sagemaker:UpdateModelPackage'],
          resources: [arn(place, 'sagemaker', 'model-package/*'), arn(place, 'sagemaker', 'model-package-group/*')],
          conditions: { Null: { 'sagemaker:ModelApprovalStatus': 'false' } },
          why: 'Denied: sealing must not set an approval status.',
        },
        lookAtImages(
          place,
          ownRepositories(place, build.repositories),
          'SageMaker looks up the image of an added inference specification.',
        ),
        writeLogs(place, [buildLog(build.sealProject)], "Writes the build's log."),
      ],
    },
    sealTrigger: {
      ...roles.sealTrigger,
      purpose: 'Starts the sealing of a registered or approved package.',
      assumedBy: { service: 'events.amazonaws.com' },
      grants: [{
        sid: 'Start',
        actions: ['codebuild:StartBuild'],
        resources: [arn(place, 'codebuild', `project/${build.sealProject}`)],
        why: 'Starts the sealing of each version.',
      }],
    },
  };
}
