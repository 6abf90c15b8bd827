import type { BootstrapGuideProps } from './bootstrap-guide-props';
import { command, quoted } from './shell';
import { urlSuffixOf } from '../options/knowledge/regions';
import type { DeliveryPlan } from '../plan/model';

/** The first deployment, and what follows by itself. */
export function deployStep(
  plan: DeliveryPlan, partition: string, { deployCommand, preflightCommand }: BootstrapGuideProps,
): string[] {
  const { delivery, infrastructure, engines } = plan;
  const byWorkflow = engines.delivery !== 'codepipeline';
  const deploys = infrastructure.pipeline ?? infrastructure.workflow;
  const { tooling: { account }, source, infrastructure: { source: code, sourceBranch } } = delivery;
  const connections = [...new Set([source, code].map(s => s.connectionArn).filter(arn => arn !== undefined))];
  return [
    `The first deployment, ${account ? `from account ${account}` : 'from the same account'}, through the roles of `
      + 'the bootstrap',
    '',
    ...(account ? [`export AWS_PROFILE=<a profile for ${account}>`] : []),
    ...connections.map(arn =>
      `# The connection ${arn} must be "Available": complete it in the console, Developer Tools, Connections.`),
    preflightCommand,
    ...firstPushes(plan, partition),
    deployCommand,
    '',
    'What happens next:',
    byWorkflow
      ? '- Workflows run with the next push to their branches, if the commit has their files.'
      : '- Pipelines start when they are created, with the existing branches.',
    ...(deploys
      ? [
        `- ${deploys.name} deploys the infrastructure after each commit to ${sourceBranch}, itself first.`,
      ]
      : [
        `- No ${byWorkflow ? 'workflow' : 'pipeline'} deploys the infrastructure (infrastructure.pipeline is false): run ${deployCommand} after `
          + 'each change.',
      ]),
    ...delivery.deploymentGroups.map(group => `- A commit to ${group.sourceBranch} trains a model of the group `
      + `${group.name}; its approval in the registry deploys it.`),
    ...(delivery.notifications.emailAddresses.length > 0
      ? ['- Each address gets an e-mail to confirm the subscription, and no notifications before.']
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
    '# First the empty repositories: pipelines start when they are created, and fail without their branch.',
    `npx cdk deploy --import-existing-resources ${quoted(`*/${stack}`)}`,
    '# Then every branch that is built, from a clone that has it ("git branch <name>" creates one):',
    ...repositories.flatMap(({ repository }) => branches(repository).map(branch => command(
      "git -c credential.helper='!aws codecommit credential-helper $@' -c credential.UseHttpPath=true", [
        `push ${address(repository)} ${quoted(branch)}`,
      ]))),
    '# Then everything else:',
  ].flatMap(lines => lines.split('\n'));
}
