import { partitionOf } from '../../options/knowledge/regions';
import { assetReadersOf } from '../../plan/deploy/callers';
import { placesOf } from '../../plan/infrastructure/bootstrap';
import type { DeliveryPlan } from '../../plan/model';
import { type Place, placeOf } from '../../plan/place';
import { bootstrapCommand } from '../bootstrap-command';
import { executionPolicies } from '../execution-policy';
import type { PreflightCheck } from '../preflight-check';

/**
 * Version of the bootstrap from which its roles have everything that is used: the lookup role came with version 8
 * (cloud assembly, `requiresBootstrapStackVersion`).
 */
const BOOTSTRAP_VERSION = 8;

/** What every account and region of a delivery needs, whatever is deployed there. */
export function placeChecks(plan: DeliveryPlan): PreflightCheck[] {
  return [...boundaryChecks(plan), ...placesOf(plan.delivery).flatMap(place => bootstrapChecks(plan, place))];
}

/** The boundary, which the bootstrap needs, too. */
function boundaryChecks({ delivery }: DeliveryPlan): PreflightCheck[] {
  const { permissionsBoundaryName: boundary } = delivery;
  return boundary === undefined ? [] : placesOf(delivery).map(place => ({
    kind: 'boundary',
    title: `Permissions boundary ${boundary}`,
    place: placeOf(place),
    wants: { name: boundary },
    fix: `Create the managed policy ${boundary} in this account.`,
  }));
}

function bootstrapChecks(plan: DeliveryPlan, place: Place): PreflightCheck[] {
  const { tooling, permissionsBoundaryName: boundary } = plan.delivery;
  const fix = 'npx sagemaker-cicd-projen bootstrap-guide, then '
    + `${bootstrapCommand(plan, place).replace(/ \\\n {2}/g, ' ')}`;
  const policies = executionPolicies(plan, place.account, partitionOf(place.region ?? '')).map(policy => policy.name);
  const readers = plan.groups.flatMap(assetReadersOf).map(role => role.name);
  const who = plan.engines.delivery === 'codepipeline' ? 'deploy pipelines' : 'workflows';
  const isTooling = place.account === tooling.account;
  return [
    {
      kind: 'bootstrap',
      title: `CDK bootstrap, version ${BOOTSTRAP_VERSION} or newer`,
      place,
      wants: { version: BOOTSTRAP_VERSION },
      fix,
    },
    ...(isTooling ? [] : [{
      kind: 'trust',
      title: `Bootstrap trusts the tooling account ${tooling.account!}`,
      place,
      wants: { account: tooling.account! },
      fix,
    } as const]),
    { kind: 'execution', title: 'Bootstrap deploys with restricted policies', place, wants: { policies }, fix },
    ...(boundary ? [{
      kind: 'bootstrapBoundary', title: `Bootstrap roles have the boundary ${boundary}`, place,
      wants: { name: boundary }, fix,
    } as const] : []),
    ...(isTooling && place.region === tooling.region ? [{
      kind: 'assets', title: `The ${who} can read the bootstrap's bucket`, place, wants: { readers },
      fix: "The bootstrap's bucket has a customer key: allow kms:Decrypt in its key policy to the roles "
        + `${readers.join(', ')} once they exist. Until then the ${who} fail.`,
    } as const] : []),
  ];
}
