import * as fs from 'node:fs';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { buildspecText } from '../../src/ci/codebuild/buildspec';
import { modelBuild } from '../../src/ci/model-build';
import type { DeliveryOptions } from '../../src/options/delivery';
import { DeploymentApprovals } from '../../src/options/github-actions';
import { GovernanceProfile } from '../../src/options/governance';
import { checkedPlan } from '../../src/plan/check';
import type { DeliveryPlan } from '../../src/plan/model';
import { rolesOf } from '../../src/plan/plan';
import { fromPlan } from '../../testing/ci/from-plan';
import { moved, workflowNames, workflowTexts } from '../../testing/ci/moved';
import { type NeutralAction, type NeutralDelivery, type NeutralRun, withoutEngine } from '../../testing/ci/neutral';
import { readCodePipelines, type Templates } from '../../testing/ci/read-codepipeline';
import { readWorkflows } from '../../testing/ci/read-workflows';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { keptAssembly } from '../../testing/deliveries/kept';
import { SEVERAL_PLACES } from '../../testing/deliveries/places';
import { cleanUp, templatesOf } from '../../testing/deliveries/synth';
import { BY_WORKFLOWS } from '../../testing/deliveries/workflows';
import { randomCases } from '../../testing/selection';
import { actionlint } from '../../testing/workflows/lint';
import { arbitraryDelivery } from '../plan/arbitrary-delivery';

afterAll(cleanUp);

const all: { readonly [name: string]: DeliveryOptions } = { ...DELIVERIES, ...BY_WORKFLOWS, severalPlaces: SEVERAL_PLACES };
const byPipelines = Object.entries(all).filter(([, { engine }]) => engine === undefined);
const BUILDSPEC = buildspecText(modelBuild());

const planOf = (delivery: DeliveryOptions): DeliveryPlan => checkedPlan(delivery).plan!;

/** The templates of a delivery, which other suites read, too, unless it is not one of those. */
function templates(name: string): Templates {
  if (!(name in DELIVERIES)) {
    return Object.fromEntries(Object.entries(templatesOf(all[name])).map(([stack, template]) => [
      stack, template.toJSON() as Templates[string],
    ]));
  }
  const folder = keptAssembly(name);
  const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(files.filter(file => file.endsWith('.template.json')).map(file => [
    file, JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')) as Templates[string],
  ]));
}

function ofPipelines(plan: DeliveryPlan, from: Templates): NeutralDelivery {
  return readCodePipelines(from, {
    groups: Object.fromEntries(plan.groups.map(({ name, pipelines: { buildPipeline: build, deployPipeline: deploy } }) => [
      name, { build, deploy },
    ])),
    infrastructure: plan.infrastructure.pipeline?.name,
  }, BUILDSPEC);
}

describe.each(byPipelines)('the pipelines of "%s"', (name, delivery) => {
  test('do what the plan says', () => {
    const plan = planOf(delivery);
    expect(ofPipelines(plan, templates(name))).toEqual(fromPlan(plan));
  });
});

/** What another engine does not take, and by which option. */
const REFUSED: { readonly [name: string]: readonly string[] } = {
  // The infrastructure is in a repository of its own.
  sevenAccounts: ['infrastructure.source.repository'],
  sharedAccounts: ['infrastructure.source.repository'],
};

/** Decisions are recorded by who called AWS, not by who reviews on the host. */
function refusedFor({ governance }: DeliveryOptions, approvals: DeploymentApprovals): string[] {
  const recorded = governance?.approvalRecords ?? governance?.profile === GovernanceProfile.GXP;
  return recorded && approvals === DeploymentApprovals.ENVIRONMENTS ? ['engine.github.approvals'] : [];
}

describe.each(Object.entries(all))('"%s", run by workflows', (name, delivery) => {
  test.each(Object.values(DeploymentApprovals))('does what the plan says, with approvals in %s', approvals => {
    const made = moved(delivery, approvals);
    if ('refused' in made) {
      expect(made.refused).toEqual([...refusedFor(delivery, approvals), ...(REFUSED[name] ?? [])]);
      return;
    }
    const { plan } = made;
    expect(readWorkflows(workflowTexts(plan), workflowNames(plan))).toEqual(fromPlan(plan));
  });
});

test.each(byPipelines)('both engines go through "%s" in the same stages, with the same gates', (_, delivery) => {
  const made = moved(delivery, DeploymentApprovals.AWS);
  if ('refused' in made) { return; }
  expect(withoutEngine(fromPlan(made.plan))).toEqual(withoutEngine(fromPlan(planOf(delivery))));
});

test('environments whose names are alike have a job each', async () => {
  const deployEnvironments = ['a.b', 'a_b', 'a_-b', 'a__b', 'a-b', 'A-b', 'A.b', 'aB', 'ab'].map(name => ({ name }));
  const made = moved({ ...DELIVERIES.default, deploymentGroups: [{ name: 'main', deployEnvironments }] }, DeploymentApprovals.AWS);
  if ('refused' in made) { throw new Error(made.refused.join()); }
  const texts = workflowTexts(made.plan);
  expect(readWorkflows(texts, workflowNames(made.plan))).toEqual(fromPlan(made.plan));
  expect(await actionlint('deploy-main.yml', texts['deploy-main'])).toEqual([]);
});

test('whatever is delivered, workflows do what the plan says', () => {
  fc.assert(fc.property(arbitraryDelivery, fc.constantFrom(...Object.values(DeploymentApprovals)), (delivery, approvals) => {
    const made = moved(delivery, approvals);
    fc.pre(!('refused' in made));
    if ('refused' in made) { return; }
    const { plan } = made;
    expect(readWorkflows(workflowTexts(plan), workflowNames(plan))).toEqual(fromPlan(plan));
  }), randomCases('workflows of deliveries', 100, 15));
});

/** Everything that a workflow runs with an identity, by the name of its file. */
function withIdentity(plan: DeliveryPlan): Array<{ readonly file: string; readonly action: NeutralAction }> {
  const { groups, infrastructure } = readWorkflows(workflowTexts(plan), workflowNames(plan));
  const runs: Array<[string, NeutralRun]> = plan.groups.flatMap(({ name, workflows }) => [
    [workflows!.build, groups[name].build], [workflows!.deploy, groups[name].deploy],
  ]);
  return [...runs, ...(infrastructure ? [[plan.infrastructure.workflow!.name, infrastructure] as const] : [])]
    .flatMap(([file, { stages }]) => stages.flatMap(({ lanes }) => Object.values(lanes).flat()).map(action => ({ file, action })))
    .filter(({ action: { host = [] } }) => host.includes('identity'));
}

describe.each(Object.keys(BY_WORKFLOWS))('an identity in "%s"', name => {
  const plan = planOf(BY_WORKFLOWS[name]);
  const trusts = rolesOf(plan).flatMap(({ name: role, assumedBy }) => ('job' in assumedBy ? [{ role, ...assumedBy.job }] : []));
  const withinReach = (file: string, behind: string | undefined) => trusts.filter(({ workflow, environments }) =>
    workflow === file && (environments === undefined ? behind === undefined : environments.includes(behind ?? '')));

  test('gets a job the role that it has', () => {
    for (const { file, action: { role, behind } } of withIdentity(plan)) {
      expect(withinReach(file, behind).map(each => each.role)).toContain(role);
    }
  });
  test('gets no other role where code of the repository runs', () => {
    const running = withIdentity(plan).filter(({ action: { runs } }) => runs);
    expect(running.map(({ action: { does } }) => does)).toEqual(plan.groups.map(() => 'build'));
    for (const { file, action: { role, behind } } of running) {
      expect(withinReach(file, behind).map(each => each.role)).toEqual([role]);
    }
  });
  test('is of one environment where something is changed', () => {
    for (const { file, action: { does, behind } } of withIdentity(plan)) {
      if (['changeSet', 'execute'].includes(does)) { expect(withinReach(file, behind)).toHaveLength(1); }
    }
  });
});
