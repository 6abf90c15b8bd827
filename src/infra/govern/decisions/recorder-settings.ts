import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { modelPackageGroupArn } from '../../../plan/build/registry';
import { sourcesInAws } from '../../../plan/govern/names';
import { machineArn } from '../../../plan/govern/workflow-decisions';
import type { DeliveryPlan, PlannedGroup } from '../../../plan/model';
import type { Place } from '../../../plan/place';
import type { DeliverySource } from '../../../plan/settings';
import { workflowFileName } from '../../../plan/workflows/model';

/** What the recorder judges by, as `tools/govern/govern_settings.py` reads it; with the plan's placeholders. */
export function recorderSettings(plan: DeliveryPlan): object {
  const { delivery, governance: { audit }, infrastructure, groups, upgrade } = plan;
  const { governance } = delivery;
  const region = plan.governance.decisions?.place.region ?? '{region}';
  const source = ({ type, repository }: DeliverySource) => ({ type, repository, region });
  const approver = infrastructure.roles.approver?.arn;
  // Whoever pushes or starts with one of these is no person; whose commits they are is asked elsewhere.
  const ownRoles = [
    ...groups.flatMap(({ roles }) => [
      roles.commitGate?.arn, roles.deployRunner.arn, roles.gate.arn, roles.retrainer?.arn,
    ]),
    infrastructure.roles.commitGate?.arn, ...Object.values(upgrade?.roles ?? {}).map(role => role.arn),
  ].filter((role): role is string => role !== undefined);
  return {
    profile: governance.profile,
    separation: governance.separationOfDuties,
    bound: governance.boundIdentities,
    policy: policyVersion(plan),
    bus: infrastructure.busArn,
    evidence: {
      bucket: audit?.evidenceBucket,
      account: audit?.place.account ?? '{account}',
      region: audit?.place.region ?? '{region}',
    },
    identities: governance.identities,
    ...(governance.sourceTokenArn === undefined ? {} : { token: governance.sourceTokenArn }),
    ownRoles: [...new Set(ownRoles)].sort(),
    groups: groups.map(group => ({
      name: group.chain,
      registry: modelPackageGroupArn(group.build),
      buildPipeline: group.pipelines.buildPipeline,
      deployPipeline: group.pipelines.deployPipeline,
      methods: methods(group),
      refuser: group.roles.refuser?.arn,
      ...workflowsOf(group),
      releaser: group.roles.releaser.arn,
      source: source(delivery.source),
    })),
    ...((infrastructure.pipeline ?? infrastructure.workflow) && approver !== undefined ? {
      infrastructure: {
        pipeline: (infrastructure.pipeline ?? infrastructure.workflow)!.name, approver,
        ...decidedBy(infrastructure.workflow?.decisions, infrastructure.place),
        source: source(delivery.infrastructure.source),
      },
    } : {}),
  };
}

/** The workflows of a group, and how people decide about what they deploy; nothing where pipelines do it. */
function workflowsOf({ workflows, sourceBranch, pipelines: { place } }: PlannedGroup): object {
  return workflows ? {
    workflows: { build: workflowFileName(workflows.build), branch: sourceBranch, requests: workflows.requests },
    ...decidedBy(workflows.decisions, place),
  } : {};
}

/** The state machine that people start to decide. */
function decidedBy(name: string | undefined, place: Place): object {
  return name === undefined ? {} : {
    decisions: machineArn({
      name, place: { account: place.account ?? '{account}', region: place.region ?? '{region}' },
    }),
  };
}

/** Repositories whose pushes arrive as events. */
export function pushedRepositories({ delivery }: DeliveryPlan): string[] {
  return sourcesInAws(delivery).map(({ repository }) => repository);
}

function methods({ roles }: PlannedGroup): { [method: string]: string } {
  return {
    person: roles.approver.arn,
    ...(roles.ruleApprover ? { rule: roles.ruleApprover.arn } : {}),
    ...(roles.jiraApprover ? { jira: roles.jiraApprover.arn } : {}),
  };
}

/** By what a decision was judged: changes with every setting of governance and with the version of this package. */
function policyVersion({ delivery }: DeliveryPlan): string {
  const root = path.resolve(__dirname, '..', '..', '..', '..', 'package.json');
  const { version } = JSON.parse(fs.readFileSync(root, 'utf8')) as { version: string };
  return createHash('sha256').update(sorted({ governance: delivery.governance, version })).digest('hex');
}

/** JSON in which the order of keys does not matter. */
function sorted(value: object): string {
  return JSON.stringify(value, (_, each: unknown) => (each !== null && typeof each === 'object' && !Array.isArray(each)
    ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
    : each));
}
