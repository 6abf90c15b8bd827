import type { PromotionOptions } from '../../src/options/promotion';
import type { PlannedEnvironment } from '../../src/plan/endpoint/model';
import { metricNamespace } from '../../src/plan/endpoint/shift';
import { DEPLOYER_ROLES } from '../../src/plan/infrastructure/deployers';
import { SELF } from '../../src/plan/infrastructure/model';
import type { DeliveryPlan, PlannedGroup } from '../../src/plan/model';
import type { Place } from '../../src/plan/place';
import { planPromotion } from '../../src/plan/promotion/roles';
import { hostIdentity } from '../../src/plan/workflows/host-identity';
import { type DefaultPlace, HERE } from '../iam/assembly';

/** What a delivery is asked to be; the journey compares what happens with this. */
export interface Facts {
  readonly repository: string;
  /** The tooling account. */
  readonly tooling: string;
  readonly groups: readonly object[];
  readonly infrastructure?: object;
  readonly promotion?: object;
  readonly governance?: object;
  readonly host?: object;
  readonly gitlab?: object;
}

/** What a delivery is asked to be whose versions are promoted to another place. */
export function factsOfPromotion(plan: DeliveryPlan, options: PromotionOptions, to: DefaultPlace): Facts {
  const { group, pipeline, roles } = planPromotion(options, to);
  const role = `arn:aws:iam::${to.account}:role/${roles.promoter.name}`;
  return { ...factsOf(plan), promotion: { place: to, group, pipeline, role } };
}

export function factsOf(plan: DeliveryPlan): Facts {
  const { pipeline } = plan.infrastructure;
  const { source, sourceBranch } = plan.delivery.infrastructure;
  const approvals = pipeline && [pipeline.self, ...pipeline.tiers].filter(tier => tier.manualApproval)
    .map(tier => tier.name);
  return {
    repository: plan.delivery.source.repository,
    tooling: place(plan.delivery.tooling).account,
    groups: plan.groups.map(factsOfGroup),
    governance: factsOfGovernance(plan),
    host: factsOfHost(plan),
    gitlab: factsOfGitlab(plan),
    infrastructure: pipeline
      && {
        repository: source.repository, branch: sourceBranch, pipeline: pipeline.name, approvals,
        deployers: pipeline.deployers.map(({ type, places }) => ({
          role: fill(plan.infrastructure.roles[DEPLOYER_ROLES[type]]!.arn), places: places.map(place),
        })),
        approver: plan.infrastructure.roles.approver && fill(plan.infrastructure.roles.approver.arn),
        qualifier: plan.delivery.infrastructure.bootstrapQualifier,
      },
  };
}

/** Where decisions are recorded, and who is who; undefined where they are not. */
function factsOfGovernance({ delivery, governance: { audit } }: DeliveryPlan): object | undefined {
  if (!delivery.governance.approvalRecords || !audit?.evidenceBucket) { return undefined; }
  const where = place(audit.place);
  const evidence = audit.evidenceBucket.replace('{account}', where.account).replace('{region}', where.region);
  const { auditTrail, lifeCycleStages } = delivery.governance;
  return { place: where, evidence, stages: lifeCycleStages, existingTrail: auditTrail?.existingTrailArn !== undefined };
}

/** GitHub, where its workflows run the delivery; undefined where CodePipeline does. */
function factsOfHost({ delivery, infrastructure: { workflow, roles } }: DeliveryPlan): object | undefined {
  const { engine: { github }, source, infrastructure } = delivery;
  if (!github || !workflow) { return undefined; }
  const stages = [[SELF, workflow.self] as const, ...workflow.tiers.map(tier => [tier.type, tier] as const)];
  return {
    repository: source.repository, repositoryId: Number(github.repositoryId), ownerId: Number(github.ownerId),
    defaultBranch: github.defaultBranch, approvals: github.approvals, app: github.app !== undefined,
    infrastructure: {
      file: `${workflow.name}.yml`, branch: infrastructure.sourceBranch,
      approvals: workflow.approvals, approver: roles.approver && fill(roles.approver.arn),
      environments: stages.filter(([, { manualApproval }]) => manualApproval)
        .map(([stage]) => workflow.hostEnvironments[stage]),
    },
  };
}

/** GitLab, where its pipelines run the delivery. */
function factsOfGitlab(plan: DeliveryPlan): object | undefined {
  const { engine: { gitlab }, source: { repository } } = plan.delivery;
  const { workflow, roles } = plan.infrastructure;
  return gitlab && {
    approvals: workflow?.approvals ?? '', approver: roles.approver ? fill(roles.approver.arn) : '',
    repository, projectId: gitlab.projectId, defaultBranch: gitlab.defaultBranch, audiences: hostIdentity(plan)!.audiences,
  };
}

function factsOfGroup(group: PlannedGroup): object {
  const { build, pipelines, roles } = group;
  const account = place(build.place).account;
  return {
    name: group.name,
    branch: group.sourceBranch,
    build: place(build.place),
    tooling: place(pipelines.place),
    packages: build.modelPackageGroup,
    buildPipeline: pipelines.buildPipeline,
    sagemakerPipeline: build.pipelineName,
    deployPipeline: pipelines.deployPipeline,
    role: `arn:aws:iam::${account}:role/${roles.pipeline.name}`,
    training: `arn:aws:iam::${account}:role/${roles.training.name}`,
    sealer: `arn:aws:iam::${account}:role/${roles.sealer.name}`,
    buildRole: `arn:aws:iam::${account}:role/${roles.build.name}`,
    processing: `arn:aws:iam::${account}:role/${roles.processing.name}`,
    artifacts: build.artifactBucket
      .replace('{account}', account).replace('{region}', place(build.place).region),
    approver: `arn:aws:iam::${account}:role/${roles.approver.name}`,
    releaser: `arn:aws:iam::${place(pipelines.place).account}:role/${roles.releaser.name}`,
    workflows: group.workflows && {
      build: `${group.workflows.build}.yml`, deploy: `${group.workflows.deploy}.yml`,
      requests: group.workflows.requests,
    },
    environments: group.waves.flatMap(({ environments }, wave) => environments.map(e => ({
      name: e.name, place: place(e.place), endpoint: e.endpointName, stack: e.endpointStack,
      approval: e.manualApproval, wave, hostEnvironment: e.hostEnvironment, api: factsOfApi(e), monitoring: factsOfMonitoring(e),
    }))),
  };
}

/** The API in front of an endpoint; undefined where there is none. */
function factsOfApi({ api, endpoint, place: where, roles }: PlannedEnvironment): object | undefined {
  if (!api) { return undefined; }
  const { account, region } = place(where);
  const bucket = api.predictions?.bucket.replace('{account}', account).replace('{region}', region);
  return {
    name: api.apiName, function: api.functionName, release: api.settings.release, path: api.settings.path,
    bakeSeconds: api.settings.bakeSeconds, predictions: bucket,
    omitted: api.settings.predictionLog?.omitColumns ?? [], scaled: endpoint.autoscaling !== undefined,
    gateway: `arn:aws:iam::${account}:role/${roles.apiGateway!.name}`,
  };
}

/** The monitors of an environment; undefined where there are none. */
function factsOfMonitoring(
  { monitoring, captureBucket, deploymentBucket, endpointName, place: where }: PlannedEnvironment,
): object | undefined {
  if (!monitoring) { return undefined; }
  const { account, region } = place(where);
  const bucket = (name: string) => name.replace('{account}', account).replace('{region}', region);
  const { settings } = monitoring;
  return {
    bucket: bucket(monitoring.bucket), capture: bucket(captureBucket), deployment: bucket(deploymentBucket),
    source: settings.source, schedules: monitoring.schedules, namespace: metricNamespace(endpointName),
    waitHours: settings.groundTruth?.waitHours ?? 0, omitted: settings.omitColumns, retrainOn: settings.retrainOn,
  };
}

/** An ARN of the plan, where the pipeline runs. */
function fill(text: string): string {
  return text.replace('{partition}', 'aws').replace('{account}', HERE.account);
}

function place({ account, region }: Place): DefaultPlace {
  return { account: account ?? HERE.account, region: region ?? HERE.region };
}
