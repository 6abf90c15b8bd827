import { partitionOf } from '../../options/knowledge/regions';
import type { DeliveryPlan } from '../../plan/model';
import { placeOf } from '../../plan/place';
import { hostIdentity } from '../../plan/workflows/host-identity';
import { AUDIENCE, ISSUER } from '../../plan/workflows/trust';
import { hostEnvironments, trustedBranches } from '../host-environments';
import type { PreflightCheck } from '../preflight-check';

/** What workflows of GitHub, or pipelines of GitLab, need in the tooling account. */
export function workflowChecks(plan: DeliveryPlan): PreflightCheck[] {
  return plan.delivery.engine.gitlab ? pipelineChecks(plan) : githubChecks(plan);
}

function pipelineChecks(plan: DeliveryPlan): PreflightCheck[] {
  const { issuer, audiences, given: arn, option } = hostIdentity(plan)!;
  const wants = { issuer, audiences, option, ...(arn === undefined ? { stack: plan.infrastructure.stack } : { arn }) };
  return [{
    kind: 'identityProvider', place: placeOf(plan.delivery.tooling), wants,
    title: arn === undefined ? `No other identity provider for ${issuer}` : `Identity provider for ${issuer}`,
    fix: arn === undefined ? `An account has one provider of an issuer: set ${option} to its ARN.`
      : `Add what is missing: aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${arn} `
        + '--client-id <audience>',
  }];
}

function githubChecks({ delivery, infrastructure, groups }: DeliveryPlan): PreflightCheck[] {
  const { engine: { github }, tooling } = delivery;
  if (!github) { return []; }
  const place = placeOf(tooling);
  const { oidcProviderArn: arn, app } = github;
  const partition = partitionOf(tooling.region!);
  return [
    arn === undefined ? {
      kind: 'identityProvider', title: `No other identity provider for ${ISSUER}`, place,
      wants: { issuer: ISSUER, audience: AUDIENCE, stack: infrastructure.stack },
      fix: 'An account has one provider of an issuer: set engine.github.oidcProviderArn to its ARN.',
    } : {
      kind: 'identityProvider', title: `Identity provider for ${ISSUER}`, place,
      wants: { issuer: ISSUER, audience: AUDIENCE, arn },
      fix: `Create it with the audience ${AUDIENCE}, or remove engine.github.oidcProviderArn: then it is created.`,
    },
    ...(app ? [{
      kind: 'signingKey' as const, title: `Key ${app.keyArn.split('/')[1]} signs as the GitHub App`, place,
      wants: {
        arn: app.keyArn,
        roles: groups.flatMap(({ roles: { starter } }) => starter?.arn.replace('{partition}', partition) ?? []),
      },
      fix: "Import the App's private key into a key of KMS, RSA_2048, SIGN_VERIFY, in the tooling account and region "
        + '(engine.github.app.keyArn).',
    }] : []),
  ];
}

/** What GitHub must have before a workflow deploys. */
export function hostChecks(plan: DeliveryPlan): PreflightCheck[] {
  const { delivery: { engine: { github }, source: { repository: host }, tooling } } = plan;
  if (!github) { return []; }
  const place = placeOf(tooling);
  const { repositoryId, ownerId, defaultBranch } = github;
  const of = (check: Omit<PreflightCheck, 'host' | 'place'>): PreflightCheck => ({ ...check, host, place });
  return [
    of({
      kind: 'hostRepository', title: 'Repository, its owner and its default branch',
      wants: { repositoryId, ownerId, defaultBranch },
      fix: `Ask for them: gh api repos/${host} --jq '.id, .owner.id, .default_branch'`,
    }),
    of({
      kind: 'hostSubject', title: 'Subject of its tokens', wants: {},
      fix: 'Roles trust the default subject alone: '
        + `gh api --method PUT repos/${host}/actions/oidc/customization/sub -F use_default=true`,
    }),
    ...trustedBranches(plan).map(branch => of({
      kind: 'hostBranch', title: `Branch ${branch} is protected`, wants: { branch },
      fix: 'Protect it with reviews: whoever can push to it can change what the workflows do.',
    })),
    ...hostEnvironments(plan).map(({ name, branch, asks }) => of({
      kind: 'hostEnvironment', title: `Environment ${name}${asks ? ' with required reviewers' : ''}`,
      wants: { name, branch, asks },
      fix: 'npx sagemaker-cicd-projen bootstrap-guide prints the commands that create it.',
    })),
  ];
}
