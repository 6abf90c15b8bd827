import { bucketArn } from '../arn';
import type { NamedPipelines } from './model';
import type { NamedBuild } from '../build/model';
import { below } from '../build/prefixes';
import { readPackages } from '../build/registry';
import { STAGE_ROLES } from '../build/stage-roles';
import type { NamedEnvironment } from '../endpoint/model';
import type { NamedGroup } from '../model';
import { BASELINE_FILES } from '../monitor/deployed-grants';
import { KMS_GET, useKeyByAlias } from '../roles/grants';
import type { Grant, RoleId } from '../roles/role-model';

/** Reading the registry and what a build left, for whoever decides what is deployed. */
export function readBuild(build: NamedBuild, environments: readonly NamedEnvironment[]): Grant[] {
  return [
    readPackages(
      build,
      'Packages',
      ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'],
      "Checks the package's approval and finds the newest approved version.",
    ),
    {
      sid: 'Reports',
      actions: ['s3:GetObject'],
      resources: [
        bucketArn(build.artifactBucket, '/*/evaluation.json'),
        bucketArn(build.artifactBucket, '/*/golden.json'),
        ...[
          ...(environments.some(e => e.api || e.monitoring) ? ['schema.json'] : []),
          ...(environments.some(e => e.monitoring) ? BASELINE_FILES : []),
        ].map(file => bucketArn(build.artifactBucket, `/*/${file}`)),
      ],
      why: "Shows the model's metrics to the people who approve a deployment; reads the golden rows for the smoke "
        + 'test, and where there is an API or a monitor what requests must be, and were in training.',
      wildcard: 'Each execution of the SageMaker pipeline has its own report path.',
    },
    {
      sid: 'Sealed',
      actions: ['s3:GetObject'],
      resources: below(build, 'sealer'),
      why: 'Compares the artifact with what was recorded at registration.',
      wildcard: 'Sealed artifacts are stored by model version.',
    },
    useKeyByAlias(
      'ReportKey',
      build.place,
      build.keyAlias,
      KMS_GET,
      's3',
      "Decrypts the report and sealed artifacts, which use the build environment's key.",
    ),
  ];
}

/** Looking at what is live. */
export function takeOnVerify(environments: readonly NamedEnvironment[]): Grant {
  return {
    sid: 'VerifyRoles',
    actions: ['sts:AssumeRole'],
    resources: environments.map(e => e.roles.verify.arn),
    why: "Assumes the environment's verify role to read endpoint stacks and invoke endpoints.",
  };
}

/** What follows a change of an endpoint: removing what was replaced, moving the API, moving the version's stage. */
export function takeOnFinish(group: NamedGroup, environments: readonly NamedEnvironment[]): Grant[] {
  const movers = moversOf(group, environments);
  return [
    {
      sid: 'RetireRoles',
      actions: ['sts:AssumeRole'],
      resources: environments.map(e => e.roles.retire.arn),
      why: "Assumes the environment's retire role to remove what a proven deployment replaced.",
    },
    ...(environments.some(e => e.api) ? [{
      sid: 'ReleaseRoles',
      actions: ['sts:AssumeRole'],
      resources: environments.flatMap(e => e.roles.apiRelease?.arn ?? []),
      why: "Assumes the role that reads what is live behind an environment's API, and moves it.",
    }] : []),
    ...(movers.length > 0 ? [{
      sid: 'StageRoles',
      actions: ['sts:AssumeRole'],
      resources: movers,
      why: "Assumes the registry's roles to move versions to the stage that a deployment proved.",
    }] : []),
  ];
}

/** The roles that move versions after deployments to environments of these types. */
function moversOf({ roles }: NamedGroup, environments: readonly NamedEnvironment[]): string[] {
  const types = environments.map(({ type }) => type);
  return Object.entries(STAGE_ROLES).flatMap(([type, role]) => {
    const id: RoleId | undefined = roles[role];
    return id && types.some(each => each === type) ? [id.arn] : [];
  });
}

/** Returning endpoints at once. */
export function takeOnRollBack(environments: readonly NamedEnvironment[]): Grant[] {
  return environments.some(e => e.roles.rollBack) ? [{
    sid: 'RollBackRoles',
    actions: ['sts:AssumeRole'],
    resources: environments.flatMap(e => e.roles.rollBack?.arn ?? []),
    why: "Assumes the environment's rollback role when a person, or an alarm soon after a deployment, rolls "
      + 'back.',
  }] : [];
}

/** Publishing an environment's files, and copying models to its region. */
export function takeOnSupply(environments: readonly NamedEnvironment[]): Grant {
  return {
    sid: 'SupplyRoles',
    actions: ['sts:AssumeRole'],
    resources: environments.flatMap(e => [
      e.roles.publish.arn,
      ...(e.roles.replicate ? [e.roles.replicate.arn] : []),
    ]),
    why: "Assumes each environment's roles to publish assets and copy models.",
  };
}

/** What is known of deployments and of versions that were rolled back. */
export function keepRecords({ records }: NamedPipelines): Grant[] {
  return [
    {
      sid: 'Records',
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: ['executions', 'rollbacks'].map(folder => bucketArn(records, `/${folder}/*`)),
      why: 'Records what each execution deploys and which versions were rolled back, and reads both.',
      wildcard: 'Records are stored by execution, environment and model version.',
    },
    {
      sid: 'RecordsBucket', actions: ['s3:ListBucket'], resources: [bucketArn(records)],
      why: 'Distinguishes a record that does not exist from one that it may not read.',
    },
  ];
}

/** Telling people. */
export function tellOfDeployments(busArn: string): Grant {
  return {
    sid: 'Tell',
    actions: ['events:PutEvents'],
    resources: [busArn],
    why: 'Reports a rejected model without a replacement, versions and endpoints that rolled back, and '
      + 'leftovers.',
  };
}
