import { buildspecText } from '../../src/ci/codebuild/buildspec';
import { modelBuild } from '../../src/ci/model-build';
import { checkedPlan } from '../../src/plan/check';
import { fromPlan } from '../../testing/ci/from-plan';
import { workflowNames, workflowTexts } from '../../testing/ci/moved';
import { readCodePipelines, type Templates } from '../../testing/ci/read-codepipeline';
import { readWorkflows, type WorkflowTexts } from '../../testing/ci/read-workflows';
import { SEVERAL_PLACES } from '../../testing/deliveries/places';
import { cleanUp, type Json, templatesOf } from '../../testing/deliveries/synth';
import { BY_WORKFLOWS } from '../../testing/deliveries/workflows';

afterAll(cleanUp);

type Edit = (text: string) => string;

/** An edit of one job of a workflow. */
function inJob(id: string, edit: Edit): Edit {
  return text => text.replace(new RegExp(`^ {2}${id}:\\n(?: {3,}.*\\n| *\\n)*`, 'm'), job => edit(job));
}

const replaced = (what: string | RegExp, by: string): Edit => text => text.replace(what, by);
const dropped = (what: string | RegExp): Edit => replaced(what, '');
/** A step with its name, up to the next one. */
const step = (name: string) => new RegExp(`^ {6}- name: ${name}\\n(?: {7,}.*\\n| *\\n)*`, 'm');

/** Two names of jobs, each in the place of the other. */
const swapped = (one: string, other: string): Edit => text => text.replaceAll(`${one}:\n`, '§:\n')
  .replaceAll(`${other}:\n`, `${one}:\n`).replaceAll('§:\n', `${other}:\n`);

/** The same of two steps of a job. */
const steps = (one: string, other: string): Edit => text => {
  const [first] = step(one).exec(text)!;
  const [second] = step(other).exec(text)!;
  return text.replace(first, () => '§').replace(second, () => first).replace('§', () => second);
};

const NOTHING_FAILED = /!cancelled\(\) && !contains\(needs\.\*\.result, 'failure'\) && !contains\(needs\.\*\.result, 'cancelled'\)/;

const MUTATIONS: ReadonlyArray<[what: string, delivery: string, file: string, edit: Edit]> = [
  ['a need that is dropped', 'workflowsOfAccounts', 'deploy-main',
    inJob('deploy-eu', dropped('      - deploy-preprod\n'))],
  ['an environment that does not wait for the check of the one beside it', 'workflowsOfAccounts', 'deploy-main',
    inJob('deploy-preprod', dropped('      - check-acceptance\n'))],
  ['two environments in each other\'s place', 'workflowsOfAccounts', 'deploy-main', swapped('deploy-eu', 'deploy-preprod')],
  ['waves in each other\'s place', 'workflowsOfAccounts', 'deploy-main', text => text.replaceAll('ACTION_0', 'ACTION_X')
    .replaceAll('ACTION_1', 'ACTION_0').replaceAll('ACTION_X', 'ACTION_1')],
  ['a wave that goes on after a failed one', 'workflowsOfAccounts', 'deploy-main',
    inJob('deploy-eu', replaced(NOTHING_FAILED, 'always()'))],
  ['a wave that goes on after one that was ended', 'workflowsOfAccounts', 'deploy-main',
    inJob('deploy-eu', dropped(" && !contains(needs.*.result, 'cancelled')"))],
  ['a wave that is left out where the one before it is', 'workflowsOfAccounts', 'deploy-main',
    inJob('check-eu', dropped(/ {4}if: .*\n/))],
  ['a wave that is deployed to whatever was decided', 'workflowsOfAccounts', 'deploy-main',
    inJob('deploy-us', dropped(" && needs.prepare.outputs.ACTION_1 == 'deploy'"))],
  ['a run that goes on though nothing waits', 'workflowsOfAccounts', 'deploy-main',
    inJob('fetch', dropped(/ {4}if: .*\n/))],
  ['no environment of the host', 'workflowsOfAccounts', 'deploy-main', inJob('deploy-us', dropped(/ {4}environment: .*\n/))],
  ['the environment of another one', 'workflowsOfAccounts', 'deploy-main',
    inJob('deploy-us', replaced('environment: main-us', 'environment: main-preprod'))],
  ['the role of another environment', 'workflowsOfAccounts', 'deploy-main',
    inJob('deploy-us', replaced('main-us-shipper', 'main-eu-shipper'))],
  ['a check with the role that deploys', 'workflowsOfAccounts', 'deploy-main',
    inJob('check-us', replaced('main-preparer', 'main-us-shipper'))],
  ['a change set before the check', 'workflowsOfAccounts', 'deploy-main', inJob('deploy-us', steps('check', 'change_set'))],
  ['no check after the approval', 'workflowsOfAccounts', 'deploy-main', inJob('deploy-us', dropped(step('check')))],
  ['no smoke test', 'workflowsOfAccounts', 'deploy-main', inJob('deploy-us', dropped(step('smoke_test')))],
  ['a smoke test that cannot fail', 'workflowsOfAccounts', 'deploy-main', inJob('deploy-us', text => text.replace(
    step('smoke_test'), found => found.replace('python3 "tools/$TOOL.py"', 'python3 "tools/$TOOL.py" || true')))],
  ['a step whose failure counts for nothing', 'workflowsOfAccounts', 'deploy-main',
    inJob('deploy-us', replaced('      - name: smoke_test\n', '      - name: smoke_test\n        continue-on-error: true\n'))],
  ['no golden rows during the update', 'workflowsOfAccounts', 'deploy-main', inJob('deploy-us', text =>
    text.replace(/ {10}\(\n {10}export TOOL='probe'\n(?: {10}.*\n)*? {10}\) &\n {10}beside.*\n/, ''))],
  ['an execution whose failure counts for nothing', 'workflowsOfAccounts', 'deploy-main',
    inJob('deploy-us', dropped(/ {10}wait "\$itself".*\n/))],
  ['the tool of another step', 'workflowsOfAccounts', 'deploy-main',
    inJob('deploy-us', replaced('TOOL: smoke_test', 'TOOL: check'))],
  ['another environment\'s name for a tool', 'workflowsOfAccounts', 'deploy-main',
    inJob('deploy-us', replaced('ENVIRONMENT: us', 'ENVIRONMENT: eu'))],
  ['an identity for a job that runs code of the repository', 'workflowsOfAccounts', 'deploy-main',
    inJob('assemble', replaced('permissions: {}', 'permissions:\n      id-token: write'))],
  ['a right that no job asked for', 'workflowsOfAccounts', 'deploy-main',
    inJob('prepare', replaced('permissions:\n', 'permissions:\n      contents: write\n'))],
  ['rights of the whole workflow', 'workflowsOfAccounts', 'deploy-main', replaced('\npermissions: {}', '\npermissions: write-all')],
  ['an artifact that nobody looks at', 'workflowsOfAccounts', 'deploy-main',
    inJob('deploy-us', dropped(/ {10}echo "\$DIGEST {2}\$FILE".*\n/))],
  ['an artifact that is looked at and taken anyway', 'workflowsOfAccounts', 'deploy-main',
    inJob('deploy-us', replaced(' exit 1; }', ' true; }'))],
  ['the digest of another job', 'workflowsOfAccounts', 'deploy-main',
    inJob('deploy-us', replaced('needs.prepare.outputs.handed-on', 'needs.check-us.outputs.handed-on'))],
  ['a digest of something else than what is handed on', 'workflowsOfAccounts', 'deploy-main',
    inJob('prepare', replaced('sha256sum < "$FILE"', 'sha256sum < deployment/exports.sh'))],
  ['an action of another commit', 'workflowsOfAccounts', 'deploy-main',
    inJob('take', replaced(/setup-python@\w{8}/, 'setup-python@00000000'))],
  ['an action by its tag', 'workflowsOfAccounts', 'build-main', replaced(/checkout@\w{40}/, 'checkout@v7')],
  ['an action that nobody knows', 'workflowsOfAccounts', 'deploy-main',
    inJob('take', replaced('      - name: sign in', '      - uses: somebody/else@v1\n      - name: sign in'))],
  ['an outcome that is always the good one', 'workflowsOfAccounts', 'deploy-main',
    inJob('end', replaced(/OUTCOME: .*/, 'OUTCOME: done'))],
  ['an outcome that an end by hand does not count for', 'workflowsOfAccounts', 'deploy-main',
    inJob('end', replaced(" || contains(needs.*.result, 'cancelled')", ''))],
  ['an outcome that is told only where all went well', 'workflowsOfAccounts', 'deploy-main',
    inJob('end', replaced('always() && ', ''))],
  ['a package of the SDK without its digest', 'workflowsOfAccounts', 'deploy-main',
    inJob('take', replaced(/(botocore==\S+).*/, '$1'))],
  ['an SDK that pip does not look at', 'workflowsOfAccounts', 'deploy-main', inJob('take', replaced(' --require-hashes', ''))],
  ['a run that ends the one before it', 'workflowsOfAccounts', 'deploy-main',
    replaced('cancel-in-progress: false', 'cancel-in-progress: true')],
  ['runs that wait for people of others', 'workflowsOfAccounts', 'deploy-main',
    replaced('group: deploy-main-${{ inputs.request || github.run_id }}', 'group: deploy-main')],
  ['templates of a checkout', 'workflowsOfAccounts', 'deploy-main', inJob('assemble', replaced(
    '      - uses: actions/download-artifact', '      - uses: actions/checkout@x\n      - uses: actions/download-artifact'))],
  ['tools from somewhere else', 'workflowsOfAccounts', 'deploy-main',
    inJob('prepare', replaced('PARAMETER: churn-main-tools', 'PARAMETER: mine'))],
  ['what is deployed said by who starts the run', 'workflowsOfAccounts', 'deploy-main', inJob('prepare', replaced(
    '${{ needs.take.outputs.MODEL_PACKAGE }}', '${{ inputs.package }}'))],
  ['another execution for a tool', 'workflowsOfAccounts', 'deploy-main', inJob('deploy-us', replaced(
    'EXECUTION_ID: gh-${{ github.run_id }}', 'EXECUTION_ID: gh-${{ github.run_number }}'))],
  ['no step for the approval in AWS', 'workflows', 'deploy-main', inJob('deploy-prod', dropped(step('await_approval')))],
  ['an approval after the change', 'workflows', 'deploy-main', inJob('deploy-prod', steps('await_approval', 'execute_change_set'))],
  ['no approval of a change of the infrastructure', 'workflows', 'infrastructure',
    inJob('deploy-prod', dropped(/ {10}ENVIRONMENT="\$STAGE" .*\n/))],
  ['another stage for a tool', 'workflows', 'infrastructure', inJob('deploy-prod', replaced('STAGE: prod', 'STAGE: self'))],
  ['a digest that the job which shows has not said', 'workflows', 'infrastructure', inJob('deploy-prod', replaced(
    '${{ needs.diff-prod.outputs.DIGEST }}', '${{ needs.diff-self.outputs.DIGEST }}'))],
  ['a digest of whoever starts the run', 'workflows', 'infrastructure', inJob('deploy-prod', replaced(
    '${{ needs.diff-prod.outputs.DIGEST }}', '${{ inputs.digest }}'))],
  ['changes that nobody has seen', 'workflows', 'infrastructure',
    inJob('deploy-prod', dropped(" && needs.diff-prod.outputs.CHANGES == 'yes'"))],
  ['the rights of who deploys for what shows', 'workflows', 'infrastructure',
    inJob('diff-prod', replaced('infrastructurediffer', 'infrastructuredeployerprod'))],
  ['a stage that does not wait for the one before it', 'workflows', 'infrastructure', text => ['diff-prod', 'deploy-prod']
    .reduce((each, id) => inJob(id, dropped(/ {6}- (?:diff|deploy)-self\n/g))(each), text)],
  ['tools of the commit', 'workflows', 'infrastructure', inJob('deploy-prod', replaced(
    'python3 "$tools/execute_shown.py"', 'python3 "execute_shown.py"'))],
  ['tools that somebody else has located', 'workflows', 'infrastructure', inJob('deploy-prod', replaced(
    '${{ steps.locate.outputs.bucket }}', '${{ vars.BUCKET }}'))],
  ['a build of another commit', 'workflows', 'build-main', replaced(
    /ref: \$\{\{.*/, 'ref: ${{ github.ref }}')],
  ['a model of another commit than the one that is recorded', 'workflows', 'build-main', replaced(
    /GIT_COMMIT: .*/g, 'GIT_COMMIT: ${{ github.sha }}')],
  ['a build without tests', 'workflows', 'build-main', dropped(step('test'))],
  ['a build that keeps the credentials of its checkout', 'workflows', 'build-main',
    replaced('persist-credentials: false', 'persist-credentials: true')],
  ['a build for another branch', 'workflows', 'build-main', replaced('      - main\n', '      - develop\n')],
];

const plans = Object.fromEntries(Object.entries(BY_WORKFLOWS).map(([name, delivery]) => [name, checkedPlan(delivery).plan!]));
const texts = new Map<string, WorkflowTexts>();
function textsOf(name: string): WorkflowTexts {
  if (!texts.has(name)) { texts.set(name, workflowTexts(plans[name])); }
  return texts.get(name)!;
}

/** Whether a delivery is still what the plan says; what cannot be read is not. */
function isAsPlanned(read: () => unknown, planned: unknown): boolean {
  try {
    return JSON.stringify(sorted(read())) === JSON.stringify(sorted(planned));
  } catch {
    return false;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) { return value.map(sorted); }
  if (typeof value !== 'object' || value === null) { return value; }
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]));
}

test.each(Object.keys(BY_WORKFLOWS))('without an edit "%s" is as planned', name => {
  expect(isAsPlanned(() => readWorkflows(textsOf(name), workflowNames(plans[name])), fromPlan(plans[name]))).toBe(true);
});

test.each(MUTATIONS)('workflows with %s are not as planned', (_, name, file, edit) => {
  const plan = plans[name];
  const mutated = { ...textsOf(name), [file]: edit(textsOf(name)[file]) };
  expect(mutated[file]).not.toBe(textsOf(name)[file]);
  expect(isAsPlanned(() => readWorkflows(mutated, workflowNames(plan)), fromPlan(plan))).toBe(false);
});

/** Edits of the deploy pipeline, or of its template. */
type PipelineEdit = (pipeline: Json, resources: Json) => void;

const actions = (pipeline: Json, stage: number): Json[] => pipeline.Stages[stage].Actions;
const WAVE = 4;
const project = (resources: Json, part: string): Json => Object.entries(resources).find(([id, { Type: type }]: [string, Json]) => (
  type === 'AWS::CodeBuild::Project' && id.includes(part)))![1] as Json;

const PIPELINE_MUTATIONS: ReadonlyArray<[string, PipelineEdit]> = [
  ['two stages in each other\'s place', pipeline => { pipeline.Stages.push(...pipeline.Stages.splice(3, 1)); }],
  ['no smoke test', pipeline => { actions(pipeline, WAVE).pop(); }],
  ['a change set before the check', pipeline => {
    const [check] = actions(pipeline, 3);
    check.RunOrder = 9;
  }],
  ['no approval', pipeline => {
    pipeline.Stages[WAVE].Actions = actions(pipeline, WAVE).filter(({ ActionTypeId: { Provider: by } }) => by !== 'Manual');
  }],
  ['an approval that nobody may give', (_, resources) => {
    for (const { Properties: { RoleName: name, Policies: policies } } of Object.values(resources) as Json[]) {
      if (/releaser$/.test(name)) { policies[0].PolicyDocument.Statement.shift(); }
    }
  }],
  ['a stage that is deployed to whatever was decided', pipeline => { delete pipeline.Stages[WAVE].BeforeEntry; }],
  ['the decision about another stage', pipeline => {
    pipeline.Stages[WAVE].BeforeEntry.Conditions[0].Rules[0].Configuration.Variable = '#{Prepare.ACTION_0}';
  }],
  ['a stage that fails where it should be skipped', pipeline => {
    pipeline.Stages[WAVE].BeforeEntry.Conditions[0].Result = 'FAIL';
  }],
  ['a stage that is tried again by itself', pipeline => { pipeline.Stages[WAVE].OnFailure = { Result: 'RETRY' }; }],
  ['executions that wait for each other', pipeline => { pipeline.ExecutionMode = 'QUEUED'; }],
  ['the role of another environment', pipeline => {
    const [from, to] = [3, WAVE].map(stage => actions(pipeline, stage).filter(({ RoleArn: role }) => role));
    to[0].RoleArn = from[0].RoleArn;
  }],
  ['the rights of another stack for CloudFormation', pipeline => {
    const [from, to] = [3, WAVE].map(stage => actions(pipeline, stage).filter(({ RoleArn: role }) => role));
    to[0].Configuration.RoleArn = from[0].Configuration.RoleArn;
  }],
  ['a project with another role', (_, resources) => {
    project(resources, 'Verify').Properties.ServiceRole = project(resources, 'BuildProject').Properties.ServiceRole;
  }],
  ['a change set of another execution', pipeline => {
    actions(pipeline, WAVE).find(({ RoleArn: role }) => role).Configuration.ChangeSetName = 'deploy-latest';
  }],
  ['a build that goes on after a phase that failed', (_, resources) => {
    const { Source: source } = project(resources, 'Prepare').Properties;
    source.BuildSpec = source.BuildSpec.replace('"ABORT"', '"CONTINUE"');
  }],
  ['another artifact', pipeline => { actions(pipeline, WAVE)[0].InputArtifacts[0].Name = 'Tools'; }],
  ['another tool', pipeline => {
    const { Configuration: given } = actions(pipeline, WAVE).at(-1)!;
    given.EnvironmentVariables = given.EnvironmentVariables.replace('smoke_test', 'check');
  }],
];

describe('pipelines', () => {
  const plan = checkedPlan(SEVERAL_PLACES).plan!;
  const names = {
    groups: { main: { build: plan.groups[0].pipelines.buildPipeline, deploy: plan.groups[0].pipelines.deployPipeline } },
    infrastructure: plan.infrastructure.pipeline!.name,
  };
  let rendered: string;
  beforeAll(() => {
    rendered = JSON.stringify(Object.fromEntries(Object.entries(templatesOf(SEVERAL_PLACES)).map(([name, template]) => [
      name, template.toJSON() as Json,
    ])));
  });
  const asPlanned = (templates: Templates) =>
    isAsPlanned(() => readCodePipelines(templates, names, buildspecText(modelBuild())), fromPlan(plan));

  test('without an edit are as planned', () => {
    expect(asPlanned(JSON.parse(rendered) as Templates)).toBe(true);
  });
  test.each(PIPELINE_MUTATIONS)('with %s are not as planned', (_, edit) => {
    const templates = JSON.parse(rendered) as Json;
    const { Resources: resources } = templates[plan.groups[0].pipelines.stack];
    const { Properties: pipeline } = Object.values(resources).find(({ Properties: given }: Json) => (
      given?.Name === names.groups.main.deploy)) as Json;
    edit(pipeline, resources);
    expect(JSON.stringify(templates)).not.toBe(rendered);
    expect(asPlanned(templates)).toBe(false);
  });
});
