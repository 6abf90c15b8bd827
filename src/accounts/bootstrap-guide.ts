import { bootstrapCommand, policyArn, policyCommands } from './bootstrap-command';
import type { BootstrapGuideProps } from './bootstrap-guide-props';
import { dataKeyNotes } from './data-keys';
import { type ExecutionPolicy, executionPolicies, stacksOf } from './execution-policy';
import { deployStep } from './first-deployment';
import { gitlabStep } from './gitlab-guide';
import { hostStep } from './host-guide';
import { organizationPolicies } from './organization-policy';
import { command } from './shell';
import { CDK_QUALIFIER, toolkitStackName } from '../options/knowledge/bootstrap-qualifier';
import { partitionOf } from '../options/knowledge/regions';
import { assetReadersOf } from '../plan/deploy/callers';
import { isPerRelease, RELEASE_SUFFIX } from '../plan/endpoint/served-names';
import { bootstrapRoleArn, placesOf } from '../plan/infrastructure/bootstrap';
import { DEPLOYER_ROLES } from '../plan/infrastructure/deployers';
import type { DeliveryPlan } from '../plan/model';
import type { Place } from '../plan/place';
import type { DeliverySettings } from '../plan/settings';

/** How accounts and regions are prepared, and what is written for it. */
export interface BootstrapGuide {
  readonly text: string;
  /** Policy documents by path, relative to the repository's root. */
  readonly files: { readonly [path: string]: string };
}

/** Folder of the policy documents; `build/` is never committed. */
const FOLDER = 'build/bootstrap';

/** The region of the credentials, for places that name none. */
const OWN_REGION = 'REGION=${AWS_REGION:-$(aws configure get region)}';

/**
 * Preparing every account and region of a plan with the CDK's bootstrap, the first deployment, and what follows by
 * itself.
 */
export function bootstrapGuide(plan: DeliveryPlan, props: BootstrapGuideProps): BootstrapGuide {
  const places = placesOf(plan.delivery);
  const partition = partitionOf(plan.delivery.tooling.region ?? props.region ?? '');
  const accounts = [...new Set(places.map(place => place.account))];
  const prepared = accounts.map(account => {
    const file = (i: number) => `${FOLDER}/${account ?? 'this-account'}-execution${i === 0 ? '' : `-${i + 1}`}.json`;
    const policies = executionPolicies(plan, account, partition).map((policy, i) => ({ ...policy, file: file(i) }));
    return { account, policies, places: places.filter(place => place.account === account) };
  });
  const steps = [
    ...prepared.map(account => accountStep(plan, account, partition)),
    ...hostStep(plan),
    ...gitlabStep(plan),
    deployStep(plan, partition, props),
  ];
  const { approvalRecords, boundIdentities } = plan.delivery.governance;
  const organization = approvalRecords || boundIdentities ? organizationPolicies(plan, partition) : [];
  const text = [
    `Preparing the accounts of ${plan.delivery.name}: ${count(accounts.length, 'account')}, `
      + `${count(places.length, 'account and region', 'accounts and regions')}.`,
    'Run these commands once, in this order, in the root of the repository. They need the AWS CLI and, in each '
      + 'account, credentials that may create IAM',
    'roles and policies. Read the policies first, in the files that the commands name. After a change of options, '
      + 'run bootstrap:guide again: the',
    'same commands update everything. IAM keeps five versions of a policy, so the commands delete the oldest.',
    ...steps.flatMap((step, i) => [
      '',
      `${i + 1}. ${step[0]}`,
      ...step.slice(1).map(line => (line === '' ? '' : `   ${line}`)),
    ]),
    '',
    ...notes(plan, partition),
    ...organizationNotes(organization.length),
    ...dataKeyNotes(plan),
    '',
  ].join('\n');
  const documents = [
    ...prepared.flatMap(({ policies }) => policies.map(({ file, document }) => [file, document] as const)),
    ...organization.map((document, i) => [organizationFile(i), document] as const),
  ];
  const files = Object.fromEntries(documents.map(([file, document]) => [
    file,
    `${JSON.stringify(document, undefined, 2)}\n`,
  ]));
  return { text, files };
}

function organizationFile(i: number): string {
  return `${FOLDER}/organization-${i + 1}.json`;
}

/** What else keeps administrators from deciding and changing around the roles. */
function organizationNotes(policies: number): string[] {
  if (policies === 0) { return []; }
  const files = Array.from({ length: policies }, (_, i) => organizationFile(i));
  return [
    '- Whoever administers an account can approve around the approvers there, and change what is kept. Service control '
      + 'policies keep administrators from it,',
    `  if the accounts are in an organization: ${files.join(', ')}. In its management account, which they do not bind, `
      + 'for each file:',
    ...command('aws organizations create-policy', [
      '--type SERVICE_CONTROL_POLICY', '--name <a name>', '--description <what it is for>',
      `--content "$(jq -c . ${files[0]})"`,
    ]).split('\n').map(line => `  ${line}`),
    '  and "aws organizations attach-policy" for each account, or for the unit that they are in.',
  ];
}

type PolicyFile = ExecutionPolicy & { readonly file: string };

/** One account of the guide. */
interface PreparedAccount {
  readonly account?: string;
  readonly policies: readonly PolicyFile[];
  readonly places: readonly Place[];
}

function accountStep(plan: DeliveryPlan, { account, policies, places }: PreparedAccount, partition: string): string[] {
  const names = stacksOf(plan, account).map(s => s.name);
  return [
    account ? `Account ${account}: ${names.join(', ')}` : `The account of your credentials: ${names.join(', ')}`,
    '',
    ...(account
      ? [
        `export AWS_PROFILE=<a profile for ${account}>`,
        `test "$(aws sts get-caller-identity --query Account --output text)" = ${account} || echo "This is another `
          + 'account."',
        ...(places.every(place => place.region) ? [] : [OWN_REGION]),
      ]
      : ['ACCOUNT=$(aws sts get-caller-identity --query Account --output text)', OWN_REGION]),
    ...policies.flatMap(policy => ['', ...policyCommands(policy, policyArn(policy, account, partition))]),
    ...places.flatMap(place => ['', bootstrapCommand(plan, place, partition)]),
  ].flatMap(lines => lines.split('\n'));
}

function notes({ delivery, groups, infrastructure }: DeliveryPlan, partition: string): string[] {
  const shown = (text: string) => text.replace('{partition}', partition).replace(/\{(\w+)\}/g, '<$1>');
  const deployers = Object.values(DEPLOYER_ROLES).flatMap(name => infrastructure.roles[name] ?? []);
  const readers = [...groups.flatMap(assetReadersOf), ...deployers].map(role => shown(role.arn));
  return [
    'Good to know',
    ...(delivery.permissionsBoundaryName
      ? [
        `- All roles have the boundary ${delivery.permissionsBoundaryName}, which must exist in every account and `
          + 'allow what the policies above allow.',
        "  The bootstrap roles have it, too: it must let them deploy stacks, pass CloudFormation's role, publish "
          + 'files and images, and read.',
      ]
      : [
        '- Without a permissions boundary (option permissionsBoundaryName), anyone who can change the infrastructure '
          + 'can give its roles any permission.',
      ]),
    ...ownOrShared(delivery),
    ...trust(delivery),
    "- These bootstraps encrypt their buckets with S3's keys. If one has a customer key (--bootstrap-customer-key), "
      + 'the key policy must allow kms:Decrypt',
    `  to ${readers.join(', ')}: their code and tools are in that bucket.`,
    ...(infrastructure.pipeline ? [
      '- The infrastructure pipeline assumes only '
        + ['deploy', 'file-publishing'].map(kind =>
          shown(bootstrapRoleArn(delivery, kind, {}).split('/')[1])).join(', ')
        + ', in each stage those of the accounts of its type. Environments',
      '  that share an account share a stage; separate accounts isolate them.',
    ] : []),
    ...(infrastructure.workflow ? [
      `- The jobs of ${infrastructure.workflow.name} that deploy assume only `
        + ['deploy', 'file-publishing', 'lookup'].map(kind =>
          shown(bootstrapRoleArn(delivery, kind, {}).split('/')[1])).join(', ') + ', those that show changes only the last,',
      '  in each stage those of the accounts of its type.',
    ] : []),
    ...(infrastructure.workflow ? [] : [
      '- A new repository in infrastructure.source needs one manual deployment, because the pipeline still reads the '
        + 'old one: push to the new one, then repeat the last step.',
    ]),
    ...people(delivery, infrastructure.roles.approver?.name),
    ...removal(groups),
  ];
}

/** Whether what is said to `cdk bootstrap` is said to other applications, too. */
function ownOrShared({ infrastructure: { bootstrapQualifier: qualifier } }: DeliverySettings): string[] {
  return qualifier === CDK_QUALIFIER
    ? [
      `- All applications without a qualifier share ${CDK_QUALIFIER}: these commands replace the trusted accounts `
        + 'and the policies of their bootstrap.',
      '  Name theirs as well, or omit the option infrastructure.bootstrapQualifier to give this project its own '
        + 'bootstrap.',
    ]
    : [
      `- The bootstrap ${toolkitStackName(qualifier)} belongs to this project alone. It does not change bootstraps `
        + 'of other applications',
      '  in these accounts.',
    ];
}

/** What `--trust` lets in (CDK, bootstrap-template.yaml). */
function trust(delivery: DeliverySettings): string[] {
  const { tooling: { account } } = delivery;
  if (placesOf(delivery).every(place => place.account === account)) { return []; }
  const role = (kind: string) => bootstrapRoleArn(delivery, kind, {}).split('/')[1].replace(/\{(\w+)\}/g, '<$1>');
  return [
    `- --trust ${account}: anyone whom the IAM of ${account} lets assume ${role('deploy')} and the publishing roles `
      + 'may deploy any stack here, with the permissions of the',
    '  policies above, and replace bootstrap files. The delivery lets only '
      + `${delivery.engine.type !== 'codepipeline' ? 'the jobs that deploy the infrastructure' : 'the infrastructure pipeline'} do so; administrators of ${account} always can.`,
    `  --trust-for-lookup ${account}: ${role('lookup')} may read what the AWS policy ReadOnlyAccess allows, without `
      + 'decryption; preflight uses it.',
    '  These accounts replace those named before; --untrust <account> removes one.',
  ];
}

/** Who approves, and who else can. */
function people({ approvers }: DeliveryPlan['delivery'], diffs: string | undefined): string[] {
  return [
    ...(diffs ? [`- The role ${diffs} in the tooling account approves changes of the infrastructure.`] : []),
    ...(approvers?.models && approvers.deployments ? [] : [
      '- The option approvers names who may assume the roles that approve. Without it, every role of the account '
        + 'that may assume roles can, and IAM users with MFA.',
    ]),
    '- Administrators of these accounts can approve without these roles.',
  ];
}

/** What an environment leaves behind that is taken out of the options, by the example of the last one. */
function removal(groups: DeliveryPlan['groups']): string[] {
  const environment = groups.at(-1)?.environments.at(-1);
  if (!environment) { return []; }
  const { stack, endpointStack, endpointName, place } = environment;
  const where = `--region ${place.region ?? '$REGION'}`;
  const remove = (name: string) => [
    `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name} ${where}`,
    `aws cloudformation delete-stack --stack-name ${name} ${where}`,
    `aws cloudformation wait stack-delete-complete --stack-name ${name} ${where}`,
  ];
  return [
    '- An environment that you remove from the options keeps serving: its stacks and endpoint stay, but its roles '
      + 'lose access to the artifacts. Deploy the change, then take',
    '  the environment down manually, in its account and in this order, because CloudFormation deletes the first '
      + `stack with a role of the second (here ${environment.name}).`,
    '  You can repeat the commands after an interruption:',
    ...[
      ...remove(endpointStack),
      ...(isPerRelease(environment) ? [
        'for endpoint in $(aws sagemaker list-endpoints --query "Endpoints[].EndpointName" --output text '
          + `--name-contains ${endpointName}${RELEASE_SUFFIX} ${where}); do`,
        `  aws sagemaker delete-endpoint --endpoint-name "$endpoint" ${where}`,
        'done',
      ] : [`aws sagemaker delete-endpoint --endpoint-name ${endpointName} ${where}`]),
      ...remove(stack),
    ].map(line => `    ${line}`),
    '  Buckets and keys stay even then: they hold captured data. If the environment returns under the same name, its '
      + 'buckets are imported if',
    '  account and region are set; name the old key in kmsKeyArn, and set existingModelPackageGroup for a remaining '
      + 'model package group.',
  ];
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
