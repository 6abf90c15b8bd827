import { bootstrapCommand, policyArn, policyCommands } from './bootstrap-command';
import { dataKeyNotes } from './data-keys';
import { type ExecutionPolicy, executionPolicies, stacksOf } from './execution-policy';
import { command, quoted } from './shell';
import { CDK_QUALIFIER, toolkitStackName } from '../options/knowledge/bootstrap-qualifier';
import { partitionOf, urlSuffixOf } from '../options/knowledge/regions';
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

/** What the guide does not find in the plan. */
export interface BootstrapGuideProps {
  /** What a person types to deploy. */
  readonly deployCommand: string;
  /** What a person types to see what is missing. */
  readonly preflightCommand: string;
  /** Region of the environment variables; tells the partition of a delivery without regions. */
  readonly region?: string;
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
    deployStep(plan, partition, props),
  ];
  const text = [
    `How ${plan.delivery.name} gets its accounts: ${count(accounts.length, 'account')}, `
      + `${count(places.length, 'account and region', 'accounts and regions')}.`,
    'Run the commands from the root of the repository, in this order, once. They need the AWS CLI and, in each '
      + 'account, credentials of somebody who may make IAM',
    'roles and policies. The policies are in the files that are named; read them first. Later, when options have '
      + 'changed, run this again: the',
    'same commands bring everything up to date. IAM keeps five versions of a policy, so the oldest one makes room.',
    ...steps.flatMap((step, i) => [
      '',
      `${i + 1}. ${step[0]}`,
      ...step.slice(1).map(line => (line === '' ? '' : `   ${line}`)),
    ]),
    '',
    ...notes(plan, partition),
    ...dataKeyNotes(plan),
    '',
  ].join('\n');
  const files = Object.fromEntries(prepared.flatMap(({ policies }) => policies.map(({ file, document }) => [
    file,
    `${JSON.stringify(document, undefined, 2)}\n`,
  ])));
  return { text, files };
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

function deployStep(
  plan: DeliveryPlan, partition: string, { deployCommand, preflightCommand }: BootstrapGuideProps,
): string[] {
  const { delivery, infrastructure } = plan;
  const { tooling: { account }, source, infrastructure: { source: code, sourceBranch } } = delivery;
  const connections = [...new Set([source, code].map(s => s.connectionArn).filter(arn => arn !== undefined))];
  return [
    `The first deployment, ${account ? `from account ${account}` : 'from the same account'}; everything else is `
      + 'reached through the roles of the bootstrap',
    '',
    ...(account ? [`export AWS_PROFILE=<a profile for ${account}>`] : []),
    ...connections.map(arn =>
      `# The connection ${arn} must be "Available": finish it in the console, Developer Tools, Connections.`),
    preflightCommand,
    ...firstPushes(plan, partition),
    deployCommand,
    '',
    'What follows by itself:',
    '- Pipelines start when they are made, with the branches that are there.',
    ...(infrastructure.pipeline
      ? [
        `- ${infrastructure.pipeline.name} deploys the infrastructure after each commit to ${sourceBranch}, itself `
          + 'first.',
      ]
      : [
        `- Nothing deploys the infrastructure (infrastructure.pipeline is false): run ${deployCommand} after each `
          + 'change.',
      ]),
    ...delivery.deploymentGroups.map(group => `- A commit to ${group.sourceBranch} trains a model of the group `
      + `${group.name}; who approves it in the registry has it deployed.`),
    ...(delivery.notifications.emailAddresses.length > 0
      ? ['- Each address gets a mail that asks to confirm the subscription: nothing is sent before.']
      : []),
  ];
}

/** Repositories that are created come before the pipelines, which would not find their branches in an empty one. */
function firstPushes(
  { delivery, infrastructure, source: { stack, repositories } }: DeliveryPlan, partition: string,
): string[] {
  if (stack === undefined) { return []; }
  const { source, deploymentGroups, tooling, infrastructure: { source: code, sourceBranch } } = delivery;
  const branches = (repository: string) => [...new Set([
    ...(repository === source.repository ? deploymentGroups.map(group => group.sourceBranch) : []),
    ...(infrastructure.pipeline && repository === code.repository ? [sourceBranch] : []),
  ])];
  const address = (repository: string) =>
    `https://git-codecommit.${tooling.region ?? '$REGION'}.${urlSuffixOf(partition)}/v1/repos/${repository}`;
  return [
    '# First what is empty without you, as pipelines start when they are made and fail without their branch:',
    `npx cdk deploy --import-existing-resources ${quoted(`*/${stack}`)}`,
    '# Then every branch that is built, from a clone that has it ("git branch <name>" makes one):',
    ...repositories.flatMap(({ repository }) => branches(repository).map(branch => command(
      "git -c credential.helper='!aws codecommit credential-helper $@' -c credential.UseHttpPath=true", [
        `push ${address(repository)} ${quoted(branch)}`,
      ]))),
    '# Then everything else:',
  ].flatMap(lines => lines.split('\n'));
}

function notes({ delivery, groups, infrastructure }: DeliveryPlan, partition: string): string[] {
  const shown = (text: string) => text.replace('{partition}', partition).replace(/\{(\w+)\}/g, '<$1>');
  const deployers = Object.values(DEPLOYER_ROLES).flatMap(name => infrastructure.roles[name] ?? []);
  const readers = [...groups.map(group => group.roles.deployPipeline), ...deployers].map(role => shown(role.arn));
  return [
    'Good to know',
    ...(delivery.permissionsBoundaryName
      ? [
        `- Roles are made only with the boundary ${delivery.permissionsBoundaryName}, which must be in every account `
          + 'and to allow what the policies above allow.',
        '  The roles of the bootstrap have it, too: it must let them deploy stacks, pass the role of CloudFormation, '
          + 'publish files and images, and read.',
      ]
      : [
        '- Without a permissions boundary (option permissionsBoundaryName), whoever changes the infrastructure can '
          + 'give its roles any right.',
      ]),
    ...ownOrShared(delivery),
    ...trust(delivery),
    '- These bootstraps encrypt their buckets with keys of S3. If one has a key of its own (--bootstrap-customer-key), '
      + 'its key policy must allow kms:Decrypt',
    `  to ${readers.join(', ')}: their code and tools are in the bucket of the bootstrap.`,
    ...(infrastructure.pipeline ? [
      '- The infrastructure pipeline takes on '
        + ['deploy', 'file-publishing'].map(kind =>
          shown(bootstrapRoleArn(delivery, kind, {}).split('/')[1])).join(', ')
        + ' and nothing else, in each stage those of the accounts of its type. Environments',
      '  that share an account are one stage; accounts of their own keep them apart.',
    ] : []),
    '- A new repository in infrastructure.source needs one deployment by hand, because the pipeline still reads the '
      + 'old one: push to the new one, then repeat the last step.',
    ...people(delivery, infrastructure.roles.approver?.name),
    ...removal(groups),
  ];
}

/** Whether what is said to `cdk bootstrap` is said to other applications, too. */
function ownOrShared({ infrastructure: { bootstrapQualifier: qualifier } }: DeliverySettings): string[] {
  return qualifier === CDK_QUALIFIER
    ? [
      `- The qualifier ${CDK_QUALIFIER} is that of all applications that name none: these commands replace whom their `
        + 'bootstrap trusts and which policies it deploys',
      '  with. Name theirs as well, or leave out the option infrastructure.bootstrapQualifier: then this project has a '
        + 'bootstrap of its own.',
    ]
    : [
      `- The bootstrap ${toolkitStackName(qualifier)} is this project's own: bootstraps of other applications in these `
        + 'accounts, whom they trust and what they may',
      '  deploy, stay as they are.',
    ];
}

/** What `--trust` lets in (CDK, bootstrap-template.yaml). */
function trust(delivery: DeliverySettings): string[] {
  const { tooling: { account } } = delivery;
  if (placesOf(delivery).every(place => place.account === account)) { return []; }
  const role = (kind: string) => bootstrapRoleArn(delivery, kind, {}).split('/')[1].replace(/\{(\w+)\}/g, '<$1>');
  return [
    `- --trust ${account}: whoever the IAM of ${account} lets take on ${role('deploy')} and the publishing roles may `
      + 'deploy any stack here, with the rights of the',
    '  policies above, and replace files of the bootstrap. The delivery gives that to the infrastructure pipeline '
      + `alone; administrators of ${account} have it anyway.`,
    `  --trust-for-lookup ${account}: ${role('lookup')} may read what the AWS policy ReadOnlyAccess lets it, and `
      + 'decrypts nothing; preflight looks with it.',
    '  The accounts that are named replace those named before; --untrust <account> takes one back.',
  ];
}

/** Who decides by hand, and who can as well. */
function people({ approvers }: DeliveryPlan['delivery'], diffs: string | undefined): string[] {
  return [
    ...(diffs ? [`- Changes of the infrastructure are approved with the role ${diffs} in the tooling account.`] : []),
    ...(approvers?.models && approvers.deployments ? [] : [
      '- The option approvers names who takes on the roles that decide. Where nobody is named, every role of the '
        + 'account that may take on roles can, and IAM users with a second factor.',
    ]),
    '- Administrators of these accounts can decide without these roles.',
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
    '- An environment that is taken out of the options goes on serving: its stacks and its endpoint stay, but its '
      + 'roles lose their rights to the artifacts. Deploy the change, then take',
    '  the environment down by hand, in its account and in this order, because CloudFormation deletes the first stack '
      + `with a role of the second (here ${environment.name}).`,
    '  Run again after an interruption, a command that finds nothing any more has done its work before:',
    ...[
      ...remove(endpointStack),
      `aws sagemaker delete-endpoint --endpoint-name ${endpointName} ${where}`,
      ...remove(stack),
    ].map(line => `    ${line}`),
    '  Buckets and keys stay after that too: they hold what was captured. When the environment comes back under the same '
      + 'name, its buckets are imported again where',
    '  account and region are given; the option kmsKeyArn names the old key and existingModelPackageGroup a model package '
      + 'group that is still there.',
  ];
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
