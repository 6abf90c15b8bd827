import * as fs from 'node:fs';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { Project } from 'projen';
import { parse } from 'yaml';
import { buildspec, buildspecText } from '../../src/ci/codebuild/buildspec';
import type { EngineWords, Job } from '../../src/ci/job';
import { jobsOf, type PlannedJob } from '../../src/ci/jobs';
import { modelBuild } from '../../src/ci/model-build';
import { keepUpgradeJob, offerJob } from '../../src/ci/upgrade';
import { Delivery } from '../../src/delivery/delivery';
import { ModelPackagePromotePipeline } from '../../src/infra/promotion/model-package-promote-pipeline';
import { planOf } from '../../src/infra/shared/plan';
import type { DeliveryOptions } from '../../src/options/delivery';
import { EndpointKind } from '../../src/options/endpoint';
import { Buildspec } from '../../src/project/components/buildspec';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { keptAssembly } from '../../testing/deliveries/kept';
import { PROMOTED_TO, PROMOTION } from '../../testing/deliveries/promotion';
import { cleanUp, type Json, temporary } from '../../testing/deliveries/synth';

afterAll(cleanUp);

const jobs = (delivery: DeliveryOptions): PlannedJob[] => jobsOf(planOf(Delivery.of(delivery)));
const withPromotion: DeliveryOptions = { ...DELIVERIES.default, tooling: PROMOTED_TO, promotion: PROMOTION };

function templatesBelow(folder: string): Json[] {
  return fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.template.json'))
    .map(file => JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')) as Json);
}

type Values = Readonly<Record<string, string>>;

/** A project of CodeBuild: its role, what it runs, and the variables that it and its runs are given. */
interface Run {
  readonly role: string;
  readonly spec: string;
  readonly variables: ReadonlySet<string>;
  /** The variables of each action that runs it, with their values. */
  readonly actions: readonly Values[];
}

function runsOf(template: Json): Run[] {
  const parts = Object.entries(template.Resources as { [id: string]: Json });
  const all = (type: string) => parts.filter(([, part]) => part.Type === type);
  const actions = all('AWS::CodePipeline::Pipeline').flatMap(([, pipeline]) => pipeline.Properties.Stages)
    .flatMap(stage => stage.Actions);
  return all('AWS::CodeBuild::Project').map(([id, { Properties: project }]) => {
    const given = actions.filter(action => action.Configuration.ProjectName?.Ref === id)
      .map(action => JSON.parse((action.Configuration.EnvironmentVariables ?? '[]') as string) as Json[])
      .map(values => Object.fromEntries(values.map(({ name, value }) => [name, value])) as Values);
    const told = all('AWS::Events::Rule').flatMap(([, rule]) => rule.Properties.Targets as Json[])
      .filter(target => JSON.stringify(target.Arn).includes(`"${id}"`) && target.InputTransformer)
      .flatMap(target => [...target.InputTransformer.InputTemplate.matchAll(/"name":"(\w+)"/g)].map(match => match[1]));
    return {
      role: template.Resources[project.ServiceRole['Fn::GetAtt'][0]].Properties.RoleName,
      spec: project.Source.BuildSpec,
      variables: new Set([
        ...project.Environment.EnvironmentVariables.map((v: Json) => v.Name), ...given.flatMap(Object.keys), ...told,
      ]),
      actions: given,
    };
  });
}

/** The repository's own file holds the build of the model. */
const specOf = (job: Job) => job.name === 'model-build' ? 'buildspec.yml' : buildspecText(job);

/** A promotion stands in a stack of its own. */
function promotionRuns(): Run[] {
  const stack = new Stack(new App({ outdir: temporary() }), 'Target', { env: PROMOTED_TO });
  new ModelPackagePromotePipeline(stack, 'Promotion', PROMOTION);
  return runsOf(Template.fromStack(stack).toJSON());
}

describe.each<[string, () => Run[], () => PlannedJob[]]>([
  ...['default', 'gitLab', 'sevenAccounts'].map((name): [string, () => Run[], () => PlannedJob[]] => [
    name, () => templatesBelow(keptAssembly(name)).flatMap(runsOf), () => jobs(DELIVERIES[name]),
  ]),
  ['a promotion', promotionRuns, () => jobs(withPromotion).filter(({ job }) => job.name === 'promote')],
])('the jobs of %s', (_, made, planned) => {
  const runs = made();
  const wanted = planned();

  test('are what its projects run, with the roles that they say', () => {
    expect(runs.map(run => [run.role, run.spec]).sort()).toEqual(
      wanted.map(({ job, role }) => [role.name, specOf(job)]).sort(),
    );
  });
  test('are given the variables that they name, and no others', () => {
    for (const run of runs) {
      const { job } = wanted.find(w => specOf(w.job) === run.spec)!;
      const names = job.variables.map(variable => variable.name);
      expect([...run.variables].filter(variable => !names.includes(variable))).toEqual([]);
      expect(job.variables.filter(v => !v.optional).map(v => v.name).filter(v => !run.variables.has(v))).toEqual([]);
    }
  });
});

test('jobs that are run in several ways are run in each of them, and in no other', () => {
  const runs = templatesBelow(keptAssembly('sevenAccounts')).flatMap(runsOf);
  const several = jobs(DELIVERIES.sevenAccounts).map(({ job }) => job).filter(job => job.ways);
  expect(new Set(several.map(job => job.name.replace(/-.*/, '')))).toEqual(new Set(['verify', 'change']));
  for (const job of several) {
    const names = new Set(Object.values(job.ways!).flatMap(Object.keys));
    const waysOf = (actions: readonly Values[]) => new Set(actions.map(action => JSON.stringify(
      Object.entries(action).filter(([name]) => names.has(name)).sort(),
    )));
    const made = waysOf(runs.filter(run => run.spec === specOf(job)).flatMap(run => run.actions));
    // Groups differ in their ways and not in what a build does.
    const ways = several.filter(other => specOf(other) === specOf(job)).flatMap(other => Object.values(other.ways!));
    expect(made).toEqual(waysOf(ways));
  }
});

test('the smoke test of each kind of endpoint in a group is a way of its job', () => {
  const endpoint = (kind: EndpointKind) => ({ name: kind, endpoint: { kind } });
  const deployEnvironments = [endpoint(EndpointKind.REALTIME), endpoint(EndpointKind.BATCH)];
  const made = jobs({ ...DELIVERIES.default, deploymentGroups: [{ name: 'main', deployEnvironments }] });
  expect(Object.keys(made.find(({ job }) => job.name === 'verify')!.job.ways!)).toEqual([
    'check', 'smoke_test', 'batch_smoke_test',
  ]);
});

const everyJob = [
  ...[...jobs(withPromotion), ...jobs(DELIVERIES.gitLab)].map(({ job }) => job), keepUpgradeJob(), offerJob(),
];

test('the repository\'s buildspec.yml is the build of the model', () => {
  const project = new Project({ name: 'plain', outdir: temporary() });
  new Buildspec(project, { waitForPipeline: true, preBuildCommands: ['make lint'] });
  project.synth();
  const job = modelBuild({ waitForPipeline: true, preBuildCommands: ['make lint'] });
  expect(parse(fs.readFileSync(path.join(project.outdir, 'buildspec.yml'), 'utf8'))).toEqual(buildspec(job));
  expect(job.steps.map(step => step.name)).toEqual(['install', 'test', 'compile', 'upload', 'upsert', 'start']);
});

test.each(everyJob.map(job => [job.name, job] as const))('no step of %s reads a variable that is neither the job\'s '
  + 'nor its own', (_, job) => {
  for (const step of job.steps) {
    const text = commandsOf({ steps: [step] }, { folderOf: () => '', log: '' }).join('\n');
    const own = [...text.matchAll(/\b([A-Z][A-Z_]+)=/g)].map(match => match[1]);
    const read = [...text.matchAll(/\$\{?([A-Z][A-Z_]+)|\be\["([A-Z_]+)"\]/g)].map(match => match[1] ?? match[2]);
    const known = [...job.variables.map(variable => variable.name), ...own];
    expect(read.filter(name => !known.includes(name))).toEqual([]);
  }
});

function commandsOf(job: Pick<Job, 'steps'>, words: EngineWords): string[] {
  return job.steps.flatMap(step => step.commands)
    .map(command => typeof command === 'string' ? command : command(words));
}

/** Another engine, made up: a file of workflows, with a job of its own for each way of running one. */
describe('another engine', () => {
  const words: EngineWords = { folderOf: input => `$INPUTS/${input}`, log: '$RUN_LOG' };
  const workflow = ({ job, role }: PlannedJob): Json => ({
    uses: Object.entries(job.tools).map(([tool, version]) => `${tool}@${version}`),
    identity: role.arn, checkout: job.inputs[0], download: job.inputs.slice(1), write: job.pushes ?? false,
    run: job.steps.map(step => ({
      title: step.name,
      lines: step.commands.map(command => typeof command === 'string' ? command : command(words)),
    })),
    keep: job.outputs?.folder ?? job.outputs?.files, tell: job.outputs?.variables,
    matrix: Object.values(job.ways ?? { only: {} }),
  });
  const codeBuild: EngineWords = {
    folderOf: input => `$CODEBUILD_SRC_DIR_${input}`,
    log: '${CODEBUILD_BUILD_URL:-https://console.aws.amazon.com/codesuite/codebuild}',
  };
  const all = [...jobs(withPromotion), ...jobs(DELIVERIES.gitLab)];

  test('renders the same commands in the same order, in its own words', () => {
    for (const planned of all) {
      const { phases } = buildspec(planned.job) as { phases: { [phase: string]: { commands?: string[] } } };
      const said = Object.values(phases).flatMap(phase => phase.commands ?? []);
      const lines = workflow(planned).run.flatMap((step: Json) => step.lines) as string[];
      expect(said).toEqual(commandsOf(planned.job, codeBuild));
      expect(said.map(command => command.replace('$CODEBUILD_SRC_DIR_Tools', '$INPUTS/Tools').replace(
        codeBuild.log, '$RUN_LOG',
      ))).toEqual(lines);
    }
  });
  test('is told nothing of AWS\'s own', () => {
    expect(JSON.stringify(all.map(workflow))).not.toMatch(/codebuild|codepipeline|CODEBUILD|#\{/i);
  });
  test('finds every kind of work, and how each job is run', () => {
    expect([...new Set(everyJob.flatMap(job => job.steps.map(step => step.name)))].sort()).toEqual([
      'change', 'compile', 'install', 'keep', 'offer', 'prepare', 'promote', 'record', 'rollBack', 'seal', 'start',
      'synth', 'test', 'upgrade', 'upload', 'upsert', 'verify',
    ]);
    expect(workflow(all.find(({ job }) => job.name === 'verify')!).matrix).toEqual([
      { TOOL: 'check' }, { TOOL: 'smoke_test' }, { TOOL: 'probe' },
    ]);
  });
});

test('where a repository is hosted and what runs its delivery are two facts', () => {
  const engines = (delivery: DeliveryOptions) => planOf(Delivery.of(delivery)).engines;
  expect(engines(DELIVERIES.default)).toEqual({ delivery: 'codepipeline', upgrade: 'codepipeline' });
  expect(engines(DELIVERIES.twoGroups)).toEqual({ delivery: 'codepipeline', upgrade: 'github-actions' });
  expect(engines({ ...DELIVERIES.default, upgrade: { pullRequests: false } })).toEqual({ delivery: 'codepipeline' });
  expect(engines(DELIVERIES.workflows)).toEqual({ delivery: 'github-actions', upgrade: 'github-actions' });
});
