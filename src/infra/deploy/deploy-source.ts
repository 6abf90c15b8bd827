import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { IgnoreMode } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { isRecorded } from '../../ci/release';
import { EndpointKind } from '../../options/endpoint';
import { shiftMinutes } from '../../options/knowledge/api-shift-steps';
import { onInstances } from '../../options/knowledge/endpoint-shape';
import { LIVE } from '../../plan/api/model';
import { sealedPrefix } from '../../plan/build/prefixes';
import { modelPackageGroupArn } from '../../plan/build/registry';
import { STAGE_ROLES } from '../../plan/build/stage-roles';
import { asynchronousUri } from '../../plan/endpoint/kinds/asynchronous';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import { environmentKey } from '../../plan/endpoint/roles';
import { metricNamespace, shiftOf, watchOf } from '../../plan/endpoint/shift';
import { type DeploymentMoves, deploymentMoves } from '../../plan/govern/stages';
import { asksInAws } from '../../plan/infrastructure/approver';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';
import type { PlannedRole } from '../../plan/roles/role-model';
import { workflowFileName } from '../../plan/workflows/model';
import { evidence } from '../shared/evidence';
import { toolsAsset, toolsIn } from '../shared/tools-asset';

/**
 * The infrastructure code as it is at this moment, for the deploy pipeline to start from.
 *
 * Because it is part of the deployment, the pipeline always makes its templates from the very state that it was itself
 * deployed from, and a changed infrastructure changes the pipeline, which starts it.
 */
export function infrastructureCode(scope: Construct, directory: string, files: readonly string[]): Asset {
  return new Asset(scope, 'Infrastructure', { path: directory, ignoreMode: IgnoreMode.GIT, exclude: onlyThese(files) });
}

/** gitignore lines that leave out everything but the given paths; folders of nested paths are opened one by one. */
export function onlyThese(files: readonly string[]): string[] {
  const lines = ['/*'];
  for (const file of files) {
    const parts = file.replace(/\/$/, '').split('/');
    parts.slice(0, -1).forEach((_, i) => {
      const folder = `/${parts.slice(0, i + 1).join('/')}/`;
      if (!lines.includes(`!${folder}`)) { lines.push(`!${folder}`, `${folder}*`); }
    });
    lines.push(`!/${file}`);
  }
  return [...lines, '__pycache__/', '*.pyc', 'node_modules/', '.venv*/', 'cdk.out/'];
}

/** What deployments compare answers with, as local runs do. */
const ANSWERS = '../runner/local_runner/answers.py';

/** What requests to a model must be, by which an API and a local server check them. */
const CONTRACTS = '../runner/local_runner/api';

/** With which deployments look for the record of an approval. */
const RECORDS = ['govern/record_store.py', 'govern/standing.py', '../runner/local_runner/records.py'];

/** With which scheduled runs start what nobody has started. */
const SWEEP = {
  'github-actions': ['start/github_api.py', 'start/sweep.py'], 'gitlab-ci': ['start/gitlab_sweep.py'], 'codepipeline': [],
} as const;

/** The deploy tools with what they deploy to. */
export function deployTools(scope: Construct, plan: DeliveryPlan, group: PlannedGroup): Asset {
  return toolsAsset(scope, [
    ...toolsIn('deploy', /\.(py|json)$/), ANSWERS, ...toolsIn(CONTRACTS, /\.py$/), ...RECORDS,
    ...SWEEP[plan.engines.delivery],
  ], { 'targets.json': targets(plan, group) });
}

/** What the tools work on; texts with the plan's placeholders, which the tools fill in with where they run. */
function targets(plan: DeliveryPlan, group: PlannedGroup): object {
  const moves = deploymentMoves(group.environments.map(({ type }) => type));
  return {
    project: plan.delivery.name,
    group: group.name,
    chain: group.chain,
    modelPackageGroup: modelPackageGroupArn(group.build),
    sealed: sealedPrefix(group.build),
    bus: plan.infrastructure.busArn,
    pipeline: group.pipelines.deployPipeline,
    records: group.pipelines.records,
    ...evidence(plan),
    ...engine(plan, group),
    environments: group.waves.flatMap((wave, i) => wave.environments.map(e => ({
      name: e.name,
      ...(group.workflows ? byWorkflow(plan, e) : byPipeline(group, wave.stage, e)),
      wave: i,
      account: e.place.account ?? '{account}',
      region: e.place.region ?? '{region}',
      stack: e.endpointStack,
      endpoint: e.endpointName,
      verifyRole: e.roles.verify.arn,
      publishRole: e.roles.publish.arn,
      retireRole: e.roles.retire.arn,
      ...(e.roles.rollBack ? { rollbackRole: e.roles.rollBack.arn } : {}),
      deploymentBucket: e.deploymentBucket,
      key: environmentKey(e),
      ...(e.watched ? { metricNamespace: metricNamespace(e.endpointName) } : {}),
      ...(e.batch ? { pipeline: e.batch.pipelineName, dataBucket: e.batch.bucket } : {}),
      ...updated(e),
      ...fronted(e),
      ...staged(group.roles[STAGE_ROLES[e.type]], moves[e.type]),
      ...(e.monitoring ? { monitoring: true } : {}),
      kind: e.endpoint.kind,
      ...(onInstances(e.endpoint.kind) ? { instanceType: e.endpoint.instanceType } : {}),
      ...(e.endpoint.kind === EndpointKind.ASYNCHRONOUS ? { asynchronous: asynchronousUri(e) } : {}),
      ...(e.replicaGroup && e.roles.replicate ? {
        replicateRole: e.roles.replicate.arn,
        replicaGroup: modelPackageGroupArn({ place: e.place, modelPackageGroup: e.replicaGroup }),
      } : {}),
    }))),
    smokeTest: plan.delivery.endpoint.smokeTest,
    goldenTolerance: plan.delivery.endpoint.goldenTolerance,
  };
}

/** The workflows that deploy, and what stays in AWS beside them; nothing where CodePipeline deploys. */
function engine({ engines }: DeliveryPlan, { workflows, pipelines }: PlannedGroup): object {
  return workflows ? {
    engine: {
      type: engines.delivery,
      workflow: workflowFileName(workflows.deploy),
      table: workflows.requests,
      rollBackProject: pipelines.rollBackProject,
    },
  } : {};
}

/** An environment whose change sets are made and executed with our own tools. */
function byWorkflow(
  { delivery }: DeliveryPlan, { roles, manualApproval, hostEnvironment }: PlannedEnvironment,
): object {
  const isAwaited = manualApproval && asksInAws(delivery);
  return {
    ...(isAwaited ? { approval: hostEnvironment } : {}),
    deployRole: roles.deploy.arn,
    cloudFormationRole: roles.cloudFormation.arn,
  };
}

/** An environment whose change sets are actions of CodePipeline. */
function byPipeline({ build }: PlannedGroup, stage: string, { actions, manualApproval }: PlannedEnvironment): object {
  return {
    ...(manualApproval && isRecorded(build) ? { approval: `${stage}/${actions.approve}` } : {}),
    executeAction: actions.execute,
  };
}

/** What deployments to an environment move in the registry, and with which role. */
function staged(role: PlannedRole | undefined, moves: DeploymentMoves | undefined): object {
  return role ? { stageRole: role.arn, moves } : {};
}

/** The API in front of an endpoint, and how it moves to a new version of its handler. */
function fronted({ api, roles }: PlannedEnvironment): object {
  if (!api || !roles.apiRelease) { return {}; }
  const { settings, predictions, ...names } = api;
  return {
    api: {
      ...names,
      alias: LIVE,
      role: roles.apiRelease.arn,
      release: settings.release,
      shiftSeconds: shiftMinutes(settings.shift) * 60,
      bakeSeconds: settings.bakeSeconds,
      ...(predictions ? {
        predictions: predictions.bucket, omitColumns: settings.predictionLog?.omitColumns ?? [],
      } : {}),
    },
  };
}

/** How much longer an update takes than its instances, and what looks at it meanwhile and afterwards. */
function updated(environment: PlannedEnvironment): object {
  const shift = shiftOf(environment);
  if (shift === undefined) { return {}; }
  return {
    updateSeconds: shift.updateSeconds,
    ...(shift.isProbed ? { probed: true } : {}),
    ...watchOf(environment),
  };
}
