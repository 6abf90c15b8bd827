import { approvalFunctionRoles } from './approval-functions';
import type { NamedDelivery } from '../model';
import { EVIDENCE } from './evidence-grants';
import type { GovernanceRoles, NamedDecisions, NamedGovernance } from './model';
import { sourcesInAws } from './names';
import { arn, bucketArn } from '../arn';
import { machinesOf, recordWorkflows } from './workflow-decisions';
import type { NamedBuild } from '../build/model';
import { modelPackageGroupArn, modelPackagesArn } from '../build/registry';
import { functionLog } from '../logs';
import { KMS_GET, KMS_READ_WRITE, useKeyByAlias, useOwnKey, writeLogs } from '../roles/grants';
import type { Grant, PlannedRole, Principal, RoleId } from '../roles/role-model';
import type { DeliverySettings } from '../settings';
import { logExecutions } from '../source/grants';

const LAMBDA: Principal = {
  service: 'lambda.amazonaws.com',
  anyAccount: 'Lambda names no source account when it assumes a role (Lambda guide, "Execution role").',
};

/** The roles of what records and decides in the tooling account. */
export function governanceRoles(delivery: DeliverySettings, named: NamedDelivery): GovernanceRoles {
  const { governance, groups, infrastructure } = named;
  const { decisions, roles } = governance;
  if (!decisions) { return {}; }
  const packages: Grant = {
    sid: 'Packages',
    actions: ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'],
    resources: groups.flatMap(({ build }) => [modelPackageGroupArn(build), modelPackagesArn(build)]),
    why: 'Reads the versions of the groups.',
    wildcard: 'The registry assigns the version numbers.',
  };
  const role = (
    id: RoleId, function_: string, purpose: string, assumes: ReadonlyArray<RoleId | undefined>, grants: Grant[],
  ): PlannedRole => ({
    ...id,
    purpose,
    assumedBy: LAMBDA,
    grants: [
      writeLogs(decisions.place, [functionLog(function_)], "Writes the function's log."),
      useOwnKey(KMS_READ_WRITE, 'Decrypts events that wait.'),
      packages,
      {
        sid: 'Roles', actions: ['sts:AssumeRole'], resources: assumes.flatMap(assumed => assumed?.arn ?? []),
        why: 'Sets an approval status with the role of the build account that may.',
      },
      {
        sid: 'Tell', actions: ['events:PutEvents'], resources: [infrastructure.busArn],
        why: 'Reports what was decided.',
      },
      ...grants,
    ],
  });
  return {
    ...(roles.recorder ? {
      recorder: role(
        roles.recorder, decisions.recorder, 'Records decisions, and refuses those that separation of duties forbids.',
        groups.map(group => group.roles.refuser),
        [...evidence(governance), ...look(delivery, named, decisions)],
      ),
    } : {}),
    ...(roles.decisions ? {
      decisions: {
        ...roles.decisions,
        purpose: 'Of the state machines that people start to decide about a deployment or a change; it only logs.',
        assumedBy: { service: 'states.amazonaws.com' },
        grants: logExecutions(),
      },
    } : {}),
    ...approvalFunctionRoles(named, delivery.governance.jira?.secretArn),
  };
}

/** Taking events from the queue, and looking up what they are about and who is behind it. */
function look(
  delivery: DeliverySettings, { governance, groups, infrastructure }: NamedDelivery, decisions: NamedDecisions,
): Grant[] {
  const { place } = decisions;
  const { separationOfDuties, sourceTokenArn } = delivery.governance;
  const pipeline = (name: string) => arn(place, 'codepipeline', name);
  const built = groups.filter(group => !group.workflows);
  const waiting = [...built.map(group => group.pipelines.deployPipeline), ...given(infrastructure.pipeline?.name)];
  const repositories = sourcesInAws(delivery);
  return [
    {
      sid: 'Queue',
      actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
      resources: [arn(place, 'sqs', decisions.queue)],
      why: 'Takes events from the queue.',
    },
    {
      sid: 'Reports',
      actions: ['s3:GetObject'],
      resources: groups.map(({ build }) => bucketArn(build.artifactBucket, '/*/evaluation.json')),
      why: 'Binds a record to the evaluation report by its SHA-256.',
      wildcard: 'Each execution of the SageMaker pipeline has its own report path.',
    },
    ...reportKeys(groups.map(({ build }) => build)),
    ...(waiting.length > 0 ? [{
      sid: 'Approved',
      actions: ['codepipeline:GetPipelineExecution', 'codepipeline:ListActionExecutions'],
      resources: waiting.map(pipeline),
      why: 'Finds the execution that somebody approved, and who started it.',
    }] : []),
    ...recordWorkflows(machinesOf(groups, infrastructure), groups, separationOfDuties),
    ...(separationOfDuties && built.length > 0 ? [{
      sid: 'Built',
      actions: ['codepipeline:ListPipelineExecutions'],
      resources: built.map(group => pipeline(group.pipelines.buildPipeline)),
      why: 'Finds the build that registered a version, and who started it.',
    }] : []),
    ...(separationOfDuties && repositories.length > 0 ? [{
      sid: 'Commits',
      actions: ['codecommit:GetCommit'],
      resources: repositories.map(({ repository }) => arn(place, 'codecommit', repository)),
      why: 'Finds the commits since the last approved version.',
    }, ...pushesOf(governance)] : []),
    ...(separationOfDuties && sourceTokenArn !== undefined ? [{
      sid: 'SourceToken', actions: ['secretsmanager:GetSecretValue'], resources: [sourceTokenArn],
      why: "Asks the source's host who pushed and merged.",
    }, {
      sid: 'SourceTokenKey',
      actions: ['kms:Decrypt'],
      resources: [arn(place, 'kms', 'key/*')],
      conditions: {
        StringEquals: {
          'kms:EncryptionContext:SecretARN': sourceTokenArn,
          'kms:ViaService': `secretsmanager.${place.region ?? '{region}'}.amazonaws.com`,
        },
      },
      why: 'Decrypts that secret.',
      wildcard: "The secret's key is the user's own; the condition admits only its use for this secret.",
    }] : []),
  ];
}

/** The keys of build environments, with one statement for each place: a role's policy is not endless. */
function reportKeys(builds: readonly NamedBuild[]): Grant[] {
  const places = builds.map(({ place }) => place).filter((place, i, all) => all.findIndex(other =>
    other.account === place.account && other.region === place.region) === i);
  return places.map((place, i) => {
    const here = builds.filter(build => build.place.account === place.account && build.place.region === place.region);
    const grant = useKeyByAlias(`ReportKey${i}`, place, '', KMS_GET, 's3', "Decrypts the groups' reports.");
    return {
      ...grant,
      conditions: {
        ...grant.conditions,
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': here.map(build => `alias/${build.keyAlias}`) },
      },
    };
  });
}

/** Who pushed what: also to branches that nothing is built from, before they are merged. */
function pushesOf({ audit }: NamedGovernance): Grant[] {
  if (!audit?.evidenceBucket) { return []; }
  return [{
    sid: 'Pushes',
    actions: ['s3:GetObject', 's3:PutObject'],
    resources: [bucketArn(audit.evidenceBucket, `/${EVIDENCE.pushes}/*`)],
    why: 'Keeps who pushed to any branch, and reads who pushed what a version brings.',
    wildcard: 'Pushes are stored by repository, commit and event.',
  }];
}

function given<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}

/** Writing records, and nothing else, into the bucket of evidence. */
function evidence({ audit }: NamedGovernance): Grant[] {
  if (!audit?.evidenceBucket) { return []; }
  return [
    {
      sid: 'Records',
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [bucketArn(audit.evidenceBucket, `/${EVIDENCE.records}/*`)],
      why: 'Appends a record, after the last one of its group.',
      wildcard: 'Records are stored by group and number.',
    },
    {
      sid: 'RecordsListed', actions: ['s3:ListBucket'], resources: [bucketArn(audit.evidenceBucket)],
      why: 'Finds the last record of a group, and pushes of a commit.',
    },
    useKeyByAlias(
      'RecordsKey', audit.place, audit.keyAlias, ['kms:Decrypt', 'kms:GenerateDataKey'], 's3', 'Encrypts records.',
    ),
  ];
}
