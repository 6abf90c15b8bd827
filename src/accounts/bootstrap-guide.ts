import { dataKeyNotes } from './data-keys';
import { type ExecutionPolicy, executionPolicies, stacksOf } from './execution-policy';
import { partitionOf, urlSuffixOf } from '../options/knowledge/regions';
import { bootstrapRoleArn, placesOf } from '../plan/infrastructure/bootstrap';
import { DEPLOYER_ROLES } from '../plan/infrastructure/deployers';
import type { DeliveryPlan } from '../plan/model';
import type { Place } from '../plan/place';

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
    'same bootstrap commands bring everything up to date.',
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
    ...policies.flatMap(policy => [
      '',
      command('aws iam create-policy', [`--policy-name ${policy.name}`, `--policy-document file://${policy.file}`]),
      '# If it is there already:',
      `# aws iam create-policy-version --policy-arn ${policyArn(policy, account, partition)} --policy-document `
        + `file://${policy.file} --set-as-default`,
    ]),
    ...places.flatMap(place => ['', bootstrapCommand(plan, place, partition)]),
  ].flatMap(lines => lines.split('\n'));
}

function policyArn({ name }: ExecutionPolicy, account: string | undefined, partition: string): string {
  return `arn:${partition}:iam::${account ?? '$ACCOUNT'}:policy/${name}`;
}

/** The command that prepares one account and region, over several lines. */
export function bootstrapCommand(
  plan: DeliveryPlan, place: Place, partition = partitionOf(place.region ?? ''),
): string {
  const policies = executionPolicies(
    plan,
    place.account,
    partition,
  ).map(policy => policyArn(policy, place.account, partition));
  return command(
    `npx cdk bootstrap aws://${place.account ?? '$ACCOUNT'}/${place.region ?? '$REGION'}`,
    bootstrapFlags(plan, place, policies),
  );
}

/** Flags of `cdk bootstrap`, as `npx cdk bootstrap --help` has them. */
function bootstrapFlags({ delivery }: DeliveryPlan, place: Place, policyArns: readonly string[]): string[] {
  const { infrastructure: { bootstrapQualifier: qualifier }, tooling, permissionsBoundaryName, tags } = delivery;
  const trusted = place.account === tooling.account
    ? []
    : [`--trust ${tooling.account!}`, `--trust-for-lookup ${tooling.account!}`];
  return [
    `--qualifier ${qualifier}`,
    // Two bootstraps in one account and region need stacks with different names.
    ...(qualifier === 'hnb659fds' ? [] : [`--toolkit-stack-name CDKToolkit-${qualifier}`]),
    ...trusted,
    ...policyArns.map(arn => `--cloudformation-execution-policies ${arn}`),
    ...(permissionsBoundaryName ? [`--custom-permissions-boundary ${permissionsBoundaryName}`] : []),
    ...Object.entries(tags).map(([key, value]) => `--tags ${quoted(`${key}=${value}`)}`),
    '--termination-protection',
  ];
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
      `# The connection ${arn} has to be "Available": finish it in the console, Developer Tools, Connections.`),
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
        `- Roles are made only with the boundary ${delivery.permissionsBoundaryName}, which has to be in every account `
          + 'and to allow what the policies above allow.',
      ]
      : [
        '- Without a permissions boundary (option permissionsBoundaryName), whoever changes the infrastructure can '
          + 'give its roles any right.',
      ]),
    '- Policies that are not named again are taken from a bootstrap. Where other projects use it too, name theirs as '
      + 'well, or give this one a bootstrap of its own',
    '  (option infrastructure.bootstrapQualifier).',
    '- These bootstraps encrypt their buckets with keys of S3. If one has a key of its own (--bootstrap-customer-key), '
      + 'its key policy has to allow kms:Decrypt',
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
    ...removal(groups),
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
      + `with a role of the second (here ${environment.name}):`,
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

/** A command over several lines. */
function command(first: string, more: readonly string[]): string {
  return [first, ...more].join(' \\\n  ');
}

/** A word for the shell. */
function quoted(word: string): string {
  return /^[\w=:,.@/+-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
