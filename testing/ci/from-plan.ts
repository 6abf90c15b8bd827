import {
  COMMIT, literal, type NeutralAction, type NeutralDelivery, type NeutralRun, PEOPLE_IN_AWS, THE_RUN,
} from './neutral';
import { approvalMinutes } from '../../src/ci/github/release-hours';
import { modelBuild } from '../../src/ci/model-build';
import { isRecorded, releaseSteps } from '../../src/ci/release';
import { buildVariables } from '../../src/plan/build/variables';
import type { PlannedEnvironment } from '../../src/plan/endpoint/model';
import { DEPLOYER_ROLES } from '../../src/plan/infrastructure/deployers';
import { SELF } from '../../src/plan/infrastructure/model';
import type { DeliveryPlan, PlannedGroup } from '../../src/plan/model';
import type { PlannedTier } from '../../src/plan/stacks/stack';

/** What a plan says that each engine has to do, with what is the engine's own. */
export function fromPlan(plan: DeliveryPlan): NeutralDelivery {
  const { groups, infrastructure: { pipeline, workflow } } = plan;
  const stages = pipeline ?? workflow;
  return {
    groups: Object.fromEntries(groups.map(group => [
      group.name, { build: buildOf(plan, group), deploy: deployOf(plan, group) },
    ])),
    ...(stages ? {
      infrastructure: infrastructureOf(plan, [
        [SELF, stages.self], ...stages.tiers.map((tier): [string, PlannedTier] => [tier.type, tier]),
      ]),
    } : {}),
  };
}

const byWorkflows = ({ engines }: DeliveryPlan) => engines.delivery === 'github-actions';
const inAws = ({ delivery }: DeliveryPlan) => delivery.engine.github?.approvals === 'aws';
const FOUND = 'FOUND of take is "yes"';
const ON_REQUEST = 'only on workflow_dispatch';
const IDENTITY = 'identity';
/** GitHub keeps one run that waits, the newest. */
const NEWEST = 'the newest of those that wait follows';

/** What a stage has one lane of is in a lane without a name. */
const alone = (name: string, ...actions: NeutralAction[]) => ({ name, checksFirst: true, lanes: { '': actions } });

/** The command lines of a job that no engine has words of its own in. */
const commandsOf = (...commands: unknown[]) => commands.map(String);

function buildOf(plan: DeliveryPlan, group: PlannedGroup): NeutralRun {
  const { account, region } = plan.delivery.tooling;
  const here = (text: string) => text.replace('{account}', account ?? '{account}').replace('{region}', region ?? '{region}');
  const values = Object.entries({
    ...buildVariables(plan, group), PIPELINE_PARAMETERS: JSON.stringify(group.parameters),
  }).map(([name, value]) => [name, literal(here(value))] as const);
  const github = byWorkflows(plan);
  const build: NeutralAction = {
    does: 'build', role: group.roles.buildRunner.name, takes: [`Source at ${COMMIT}`],
    onlyIf: github ? [`workflow_dispatch: ${FOUND}`] : [],
    variables: {
      ...Object.fromEntries(values), GIT_COMMIT: COMMIT,
      GIT_BRANCH: github ? literal(group.sourceBranch) : 'the branch',
      RETRAINING_REASON: github ? 'REASON of take or "none"' : 'RetrainingReason asked, or "none"',
    },
    runs: commandsOf(...modelBuild().steps.flatMap(step => step.commands)),
    ...(github ? { host: ['contents: read', IDENTITY] } : {}),
  };
  return {
    branch: group.sourceBranch, strange: [],
    overlap: github ? NEWEST : 'all follow',
    stages: github ? [
      alone('take', takeOf(group, 'build', group.roles.buildRunner.name, [ON_REQUEST])),
      alone('build', build), alone('end', endOf(group, 'build', group.roles.buildRunner.name, [FOUND, ON_REQUEST])),
    ] : [alone('build', build)],
    afterFailure: github ? { take: [], build: ['finish'], end: [] } : { build: [] },
  };
}

function takeOf(
  { workflows }: PlannedGroup, kind: string, role: string, onlyIf: string[], host: string[] = [IDENTITY],
): NeutralAction {
  return {
    does: 'take', role, onlyIf, takes: [`Tools at ${workflows!.toolsParameter}`], host,
    variables: { REQUEST: 'request asked', EXECUTION_ID: THE_RUN, KIND: literal(kind) },
  };
}

function endOf({ workflows }: PlannedGroup, kind: string, role: string, onlyIf: string[]): NeutralAction {
  return {
    does: 'finish', role, onlyIf, takes: [`Tools at ${workflows!.toolsParameter}`], host: [IDENTITY],
    variables: {
      REQUEST: 'REQUEST of take', EXECUTION_ID: THE_RUN, KIND: literal(kind),
      OUTCOME: '"failed" after any failure, else "done"',
    },
  };
}

function deployOf(plan: DeliveryPlan, group: PlannedGroup): NeutralRun {
  const github = byWorkflows(plan);
  const waves = group.waves.map((wave, index) => {
    const waits = wave.environments.some(environment => environment.manualApproval);
    return {
      name: `wave ${index}`, checksFirst: true,
      lanes: Object.fromEntries(wave.environments.map(e => [e.name, laneOf(plan, group, e, index, waits)])),
    };
  });
  const stages = [...(github ? beginByWorkflow(plan, group) : beginByPipeline(plan, group)), ...waves];
  const end = alone('end', ...(github ? [endOf(group, 'deploy', group.roles.preparer!.name, [FOUND])] : []));
  const all = [...stages, ...(github ? [end] : [])];
  return {
    strange: [], overlap: 'side by side', stages: all,
    afterFailure: Object.fromEntries(all.map(({ name }) => [
      name, github && !['take', 'end'].includes(name) ? ['finish'] : [],
    ])),
  };
}

function beginByPipeline(plan: DeliveryPlan, { roles: { deployRunner } }: PlannedGroup) {
  const { installCommands, synthCommand } = plan.delivery.infrastructure;
  const asked = { RETRY_IN: 'RetryIn asked, or "none"', ROLL_BACK_IN: 'RollBackIn asked, or "none"' };
  const prepare = {
    role: deployRunner.name, onlyIf: [], takes: ['Infrastructure as deployed', 'Tools as deployed'],
    variables: { MODEL_PACKAGE: 'ModelPackageArn asked, or "keep-live"', ...asked, EXECUTION_ID: THE_RUN },
  };
  return [
    alone('rollback', {
      does: 'roll_back', role: deployRunner.name, onlyIf: ['RollBackIn asked, or "none" is not "none"'],
      takes: ['Tools as deployed'], variables: { ROLL_BACK_IN: asked.ROLL_BACK_IN, EXECUTION_ID: THE_RUN },
    }),
    alone('prepare', { ...prepare, does: 'synth', runs: [...installCommands, synthCommand] }, { ...prepare, does: 'prepare' }),
  ];
}

function beginByWorkflow(plan: DeliveryPlan, group: PlannedGroup) {
  const { roles: { assembler, preparer }, workflows, sourceBranch } = group;
  const { installCommands, synthCommand } = plan.delivery.infrastructure;
  const host = [IDENTITY];
  const take = takeOf(group, 'deploy', preparer!.name, [], ['actions: write', IDENTITY]);
  const given = (name: string) => `${name} of take`;
  return [
    alone('take', take, {
      ...take, does: 'sweep', onlyIf: ['only on schedule'],
      variables: {
        GITHUB_TOKEN: 'the token of the job', BUILD_WORKFLOW: literal(`${workflows!.build}.yml`),
        BRANCH: literal(sourceBranch), REQUESTS_TABLE: literal(workflows!.requests), ...take.variables,
      },
    }),
    alone('prepare', {
      does: 'fetch', role: assembler!.name, onlyIf: [FOUND], variables: {}, host,
      takes: [`Infrastructure at ${workflows!.codeParameter}`],
    }, {
      does: 'synth', onlyIf: [FOUND], variables: {}, takes: ['Infrastructure of fetch'], host: [],
      runs: [...installCommands, synthCommand],
    }, {
      does: 'prepare', role: preparer!.name, onlyIf: [FOUND], host,
      takes: [`Tools at ${workflows!.toolsParameter}`, 'Assembly of synth'],
      variables: {
        MODEL_PACKAGE: given('MODEL_PACKAGE'), RETRY_IN: given('RETRY_IN'), ROLL_BACK_IN: given('ROLL_BACK_IN'),
        EXECUTION_ID: THE_RUN,
      },
    }),
  ];
}

/** The name that the model has for a step of a release, and the tool of the step where that differs by the endpoint. */
function laneOf(
  plan: DeliveryPlan, group: PlannedGroup, environment: PlannedEnvironment, index: number, waits: boolean,
): NeutralAction[] {
  const { name, roles, hostEnvironment, endpoint } = environment;
  const github = byWorkflows(plan);
  const deployed = `ACTION_${index} of prepare is "deploy"`;
  const checks = github ? group.roles.preparer!.name : group.roles.deployRunner.name;
  return releaseSteps(environment, waits).filter(({ action }) => action !== 'approve' || !github || inAws(plan))
    .map(({ action, tool, isBeside }): NeutralAction => {
      const beside = isBeside ? { beside: true as const } : {};
      const does = tool?.(endpoint.kind, isRecorded(group.build)) ?? action;
      if (github) {
        return {
          does, ...beside, onlyIf: [FOUND, deployed].sort(), host: [IDENTITY], takes: ['Deployment of prepare'],
          role: action === 'check' ? checks : roles.shipper!.name,
          ...(action === 'check' ? {} : { behind: hostEnvironment }),
          ...(action === 'approve' ? { asks: PEOPLE_IN_AWS } : {}),
          variables: {
            ENVIRONMENT: literal(name), EXECUTION_ID: THE_RUN,
            ...(action === 'approve' ? { APPROVAL_MINUTES: literal(`${approvalMinutes(group)}`) } : {}),
          },
        };
      }
      const common = { does, ...beside, onlyIf: [deployed], takes: ['Deployment of prepare'] };
      if (tool) { return { ...common, role: checks, variables: { ENVIRONMENT: literal(name) } }; }
      return action === 'approve'
        ? { ...common, takes: [], variables: { SUMMARY: `SUMMARY of check ${name}` }, asks: group.roles.releaser.name }
        : {
          ...common, takes: action === 'execute' ? [] : common.takes, role: roles.deploy.name,
          variables: { EXECUTION_ID: THE_RUN, CLOUD_FORMATION: roles.cloudFormation.name },
        };
    });
}

function infrastructureOf(plan: DeliveryPlan, tiers: ReadonlyArray<[string, PlannedTier]>): NeutralRun {
  const { infrastructure: { roles, workflow }, delivery: { infrastructure: { sourceBranch, installCommands, synthCommand } } } = plan;
  const github = byWorkflows(plan);
  const synth: NeutralAction = {
    does: 'synth', onlyIf: [], variables: {}, takes: [`Source at ${COMMIT}`], runs: [
      ...installCommands, synthCommand,
      'test -f cdk.out/manifest.json || { echo "infrastructure.synthCommand left no cdk.out/manifest.json: it has '
        + 'to write the cloud assembly to cdk.out." >&2; exit 1; }',
    ],
    ...(github ? { host: ['contents: read'] } : { role: roles.synth!.name }),
  };
  const stages = tiers.map(([key, tier]) => ({
    name: key, checksFirst: true, lanes: { [key]: github ? tierByWorkflow(key, tier) : tierByPipeline(key, tier) },
  }));
  const tell: NeutralAction[] = github ? [{
    does: 'tell', role: roles.differ!.name, takes: [`Tools at ${workflow!.toolsParameter}`], onlyIf: [], host: [IDENTITY],
    variables: { OUTCOME: '"failed" after any failure, else "done"' },
  }] : [];
  const all = [alone('synth', synth), ...stages, ...(github ? [alone('tell', ...tell)] : [])];
  return {
    branch: sourceBranch, strange: [], overlap: NEWEST, stages: all,
    afterFailure: Object.fromEntries(all.map(({ name }) => [name, github && name !== 'tell' ? ['tell'] : []])),
  };

  function tierByPipeline(key: string, { manualApproval, type }: PlannedTier): NeutralAction[] {
    const role = roles[DEPLOYER_ROLES[type]]!.name;
    const onlyIf = manualApproval ? [`CHANGES of look ${key} is "yes"`] : [];
    const variables = { STAGE: literal(key), EXECUTION_ID: THE_RUN };
    return [
      ...(manualApproval ? [{
        does: 'look', role, takes: ['Assembly of synth'], onlyIf: [], variables: { ...variables, KEEP: literal('no') },
      }] : []),
      { does: 'diff', role, takes: ['Assembly of synth'], onlyIf, variables },
      ...(manualApproval ? [{
        does: 'approve', takes: [], onlyIf, variables: { DIGEST: `DIGEST of diff ${key}` }, asks: roles.approver!.name,
      }] : []),
      {
        does: 'execute', role, takes: [`Diff of diff ${key}`], onlyIf, variables: {
          ...variables, DIGEST: `DIGEST of diff ${key}`,
        },
      },
    ];
  }

  function tierByWorkflow(key: string, { manualApproval, type }: PlannedTier): NeutralAction[] {
    const tools = `Tools at ${workflow!.toolsParameter}`;
    const execute: NeutralAction = {
      does: 'execute', role: roles[DEPLOYER_ROLES[type]]!.name, host: [IDENTITY],
      onlyIf: [`CHANGES of diff ${key} is "yes"`], behind: workflow!.hostEnvironments[key],
      takes: [tools, 'Assembly of synth', `Diff of diff ${key}`],
      variables: { STAGE: literal(key), EXECUTION_ID: THE_RUN, DIGEST: `DIGEST of diff ${key}` },
    };
    return [
      {
        does: 'diff', role: roles.differ!.name, takes: [tools, 'Assembly of synth'], onlyIf: [], host: [IDENTITY],
        variables: { STAGE: literal(key) },
      },
      ...(manualApproval && inAws(plan) ? [{ ...execute, does: 'approve', asks: PEOPLE_IN_AWS }] : []),
      execute,
    ];
  }
}
