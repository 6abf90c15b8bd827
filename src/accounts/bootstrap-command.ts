import { type ExecutionPolicy, executionPolicies } from './execution-policy';
import { command, quoted } from './shell';
import { toolkitStackName } from '../options/knowledge/bootstrap-qualifier';
import { partitionOf } from '../options/knowledge/regions';
import type { DeliveryPlan } from '../plan/model';
import type { Place } from '../plan/place';

/** ARN of an execution policy; `$ACCOUNT` stands for an account that is not named. */
export function policyArn({ name }: ExecutionPolicy, account: string | undefined, partition: string): string {
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
    `--toolkit-stack-name ${toolkitStackName(qualifier)}`,
    ...trusted,
    ...policyArns.map(arn => `--cloudformation-execution-policies ${arn}`),
    // By itself the CDK gives the boundary to the role of CloudFormation alone (aws-cdk-cli, issue 284).
    ...(permissionsBoundaryName ? [
      `--custom-permissions-boundary ${permissionsBoundaryName}`, '--apply-permissions-boundary-to-all-roles',
    ] : []),
    ...Object.entries(tags).map(([key, value]) => `--tags ${quoted(`${key}=${value}`)}`),
    '--termination-protection',
  ];
}

/**
 * Makes a policy, or a new version of it, as often as they are run. A policy has five versions at most, the one in
 * force among them (IAM user guide, "IAM and AWS STS quotas"): where there are four others, the oldest makes room.
 */
export function policyCommands(
  { name, file }: { readonly name: string; readonly file: string }, arn: string,
): string[] {
  const document = `--policy-document file://${file}`;
  return [
    `if aws iam get-policy --policy-arn ${arn} > /dev/null 2>&1; then`,
    `  OLDEST=$(aws iam list-policy-versions --policy-arn ${arn} --output text \\`,
    "    --query 'sort_by(Versions[?!IsDefaultVersion], &CreateDate)[-4].VersionId')",
    `  test "$OLDEST" = None || aws iam delete-policy-version --policy-arn ${arn} --version-id "$OLDEST"`,
    `  aws iam create-policy-version --policy-arn ${arn} --set-as-default \\`,
    `    ${document}`,
    'else',
    `  aws iam create-policy --policy-name ${name} \\`,
    `    ${document}`,
    'fi',
  ];
}
