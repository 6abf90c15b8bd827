import { COMMIT, literal, type NeutralAction, type NeutralRun, PEOPLE_IN_AWS, THE_RUN } from './neutral';
import type { GitlabDelivery } from './read-gitlab';
import { modelBuild } from '../../src/ci/model-build';
import { isRecorded, releaseSteps } from '../../src/ci/release';
import { buildVariables } from '../../src/plan/build/variables';
import { updateMinutes } from '../../src/plan/deploy/update-minutes';
import type { PlannedEnvironment } from '../../src/plan/endpoint/model';
import { DEPLOYER_ROLES } from '../../src/plan/infrastructure/deployers';
import { SELF } from '../../src/plan/infrastructure/model';
import type { DeliveryPlan, PlannedGroup } from '../../src/plan/model';
import type { PlannedTier } from '../../src/plan/stacks/stack';

const FOUND = 'FOUND is "yes"';
const ON_REQUEST = 'only where it is asked for';
const host = ['identity'];

/** What a plan says that the pipelines of GitLab have to do. */
export function fromPlanForGitlab(plan: DeliveryPlan): GitlabDelivery {
  const { groups, infrastructure: { workflow } } = plan;
  return {
    groups: Object.fromEntries(groups.map(group => [
      group.name, { build: buildOf(plan, group), deploy: deployOf(plan, group) },
    ])),
    ...(workflow ? {
      infrastructure: infrastructureOf(plan, [[SELF, workflow.self], ...workflow.tiers.map((tier): [string, PlannedTier] => [tier.type, tier])]),
    } : {}),
    swept: Object.fromEntries(groups.map(group => [group.name, [sweepOf(plan, group)]])),
    branches: Object.fromEntries([
      ...groups.flatMap(({ workflows, sourceBranch }) => [
        [workflows!.build, [sourceBranch]], [workflows!.deploy, [plan.delivery.engine.gitlab!.defaultBranch]],
      ]),
      ...(workflow ? [[workflow.name, [plan.delivery.infrastructure.sourceBranch]]] : []),
    ]) as GitlabDelivery['branches'],
  };
}

const alone = (name: string, ...actions: NeutralAction[]) => ({ name, checksFirst: true, lanes: { '': actions } });
const taken = (...names: string[]) => Object.fromEntries(names.map(name => [name, `${name} of take`]));
const TAKEN = { build: ['FOUND', 'REQUEST', 'COMMIT', 'REASON'], deploy: ['FOUND', 'REQUEST', 'MODEL_PACKAGE', 'RETRY_IN', 'ROLL_BACK_IN'] };

function takeOf({ workflows }: PlannedGroup, kind: string, role: string, onlyIf: string[]): NeutralAction {
  return {
    does: 'take', role, onlyIf, host, takes: [`Tools at ${workflows!.toolsParameter}`],
    variables: { REQUEST: 'request asked', KIND: literal(kind), EXECUTION_ID: THE_RUN },
  };
}

function endOf({ workflows }: PlannedGroup, kind: 'build' | 'deploy', role: string, onlyIf: string[]): NeutralAction[] {
  return ['done', 'failed'].map(outcome => ({
    does: 'finish', role, onlyIf, host, takes: [`Tools at ${workflows!.toolsParameter}`],
    variables: { KIND: literal(kind), OUTCOME: literal(outcome), EXECUTION_ID: THE_RUN, ...taken(...TAKEN[kind]) },
  }));
}

const FINISH = ['finish: "failed"'];

function buildOf(plan: DeliveryPlan, group: PlannedGroup): NeutralRun {
  const { delivery: { tooling: { account, region }, source: { ignoredPaths } } } = plan;
  const here = (text: string) => text.replace('{account}', account!).replace('{region}', region!);
  const role = group.roles.buildRunner.name;
  const values = Object.entries({ ...buildVariables(plan, group), PIPELINE_PARAMETERS: JSON.stringify(group.parameters) })
    .map(([name, value]) => [name, literal(here(value))] as const);
  return {
    branch: group.sourceBranch, strange: [], overlap: 'one at a time of 1 jobs',
    stages: [
      alone('take', takeOf(group, 'build', role, [ON_REQUEST])),
      alone('build', {
        does: 'build', role, host, takes: [`Source at ${COMMIT}`],
        onlyIf: [FOUND, `a push changes more than ${ignoredPaths.join(' ')}`].sort(),
        variables: {
          ...Object.fromEntries(values), ...taken(...TAKEN.build), GIT_COMMIT: COMMIT, GIT_BRANCH: literal(group.sourceBranch),
          RETRAINING_REASON: 'REASON of take', EXECUTION_ID: THE_RUN,
        },
        runs: modelBuild().steps.flatMap(step => step.commands).map(String),
      }),
      alone('end', ...endOf(group, 'build', role, [FOUND, ON_REQUEST])),
    ],
    afterFailure: { take: FINISH, build: FINISH, end: [] },
  };
}

function sweepOf(plan: DeliveryPlan, { workflows, roles, sourceBranch }: PlannedGroup): NeutralAction {
  return {
    does: 'sweep', role: roles.preparer!.name, onlyIf: [], host, takes: [`Tools at ${workflows!.toolsParameter}`],
    variables: {
      REQUESTS_TABLE: literal(workflows!.requests), DEPLOY_RUN: literal(workflows!.deploy),
      DEPLOY_BRANCH: literal(plan.delivery.engine.gitlab!.defaultBranch), BUILD_RUN: literal(workflows!.build),
      BUILD_BRANCH: literal(sourceBranch), EXECUTION_ID: THE_RUN,
    },
  };
}

function deployOf(plan: DeliveryPlan, group: PlannedGroup): NeutralRun {
  const { roles: { assembler, preparer }, workflows } = group;
  const { installCommands, synthCommand } = plan.delivery.infrastructure;
  const inputs = taken(...TAKEN.deploy);
  const stages = [
    alone('take', takeOf(group, 'deploy', preparer!.name, [])),
    alone('prepare', {
      does: 'fetch', role: assembler!.name, onlyIf: [FOUND], host, variables: { ...inputs, EXECUTION_ID: THE_RUN },
      takes: [`Infrastructure at ${workflows!.codeParameter}`],
    }, {
      does: 'synth', onlyIf: [FOUND], variables: inputs, takes: ['Infrastructure of fetch'], host: [],
      runs: [...installCommands, synthCommand],
    }, {
      does: 'prepare', role: preparer!.name, onlyIf: [FOUND], host, variables: { ...inputs, EXECUTION_ID: THE_RUN },
      takes: ['Assembly of synth', `Tools at ${workflows!.toolsParameter}`],
    }),
    ...group.waves.map((wave, index) => ({
      name: `wave ${index}`, checksFirst: true,
      lanes: Object.fromEntries(wave.environments.map(e => [
        e.name, laneOf(plan, group, e, index, wave.environments.some(other => other.manualApproval)),
      ])),
    })),
    alone('end', ...endOf(group, 'deploy', preparer!.name, [FOUND])),
  ];
  return {
    strange: [], overlap: 'side by side', stages,
    afterFailure: Object.fromEntries(stages.map(({ name }) => [name, name === 'end' ? [] : FINISH])),
  };
}

function laneOf(
  { delivery }: DeliveryPlan, group: PlannedGroup, environment: PlannedEnvironment, index: number, waits: boolean,
): NeutralAction[] {
  const { name, roles, hostEnvironment, endpoint } = environment;
  const actions = Object.fromEntries(group.waves.map((_, i) => [`ACTION_${i}`, `ACTION_${i} of prepare`]));
  const longest = delivery.engine.gitlab!.tags.length > 0 ? 360 : 180;
  const own = Math.min(longest, 60 * (1 + Math.ceil(updateMinutes(group) / 60)));
  const minutes = { APPROVAL_MINUTES: literal(`${Math.max(30, longest - own)}`) };
  return releaseSteps(environment, waits).map(({ action, tool, isBeside }) => ({
    does: tool?.(endpoint.kind, isRecorded(group.build)) ?? action, ...(isBeside ? { beside: true as const } : {}), host,
    onlyIf: [FOUND, `ACTION_${index} is "deploy"`].sort(), takes: ['Deployment of prepare'],
    role: action === 'check' ? group.roles.preparer!.name : roles.shipper!.name,
    ...(action === 'check' ? {} : { behind: hostEnvironment }), ...(action === 'approve' ? { asks: PEOPLE_IN_AWS } : {}),
    variables: {
      ENVIRONMENT: literal(name), EXECUTION_ID: THE_RUN, ...taken(...TAKEN.deploy), ...actions,
      ...(action === 'approve' ? minutes : {}),
    },
  }));
}

function infrastructureOf(plan: DeliveryPlan, tiers: ReadonlyArray<[string, PlannedTier]>): NeutralRun {
  const { infrastructure: { roles, workflow }, delivery: { infrastructure } } = plan;
  const tools = `Tools at ${workflow!.toolsParameter}`;
  const minutes = plan.delivery.engine.gitlab!.tags.length > 0 ? '300' : '120';
  const stages = [
    alone('synth', {
      does: 'synth', onlyIf: [], variables: {}, takes: [`Source at ${COMMIT}`], host: [], runs: [
        ...infrastructure.installCommands, infrastructure.synthCommand,
        'test -f cdk.out/manifest.json || { echo "infrastructure.synthCommand left no cdk.out/manifest.json: it has '
          + 'to write the cloud assembly to cdk.out." >&2; exit 1; }',
      ],
    }),
    ...tiers.map(([key, { manualApproval, type }]) => {
      const shown = Object.fromEntries(['CHANGES', 'DIFF', 'DIGEST', 'LOG'].map(name => [name, `${name} of diff ${key}`]));
      const execute: NeutralAction = {
        does: 'execute', role: roles[DEPLOYER_ROLES[type]]!.name, host, onlyIf: ['CHANGES is "yes"'],
        behind: workflow!.hostEnvironments[key], takes: ['Assembly of synth', `Diff of diff ${key}`, tools].sort(),
        variables: {
          STAGE: literal(key), EXECUTION_ID: THE_RUN, ...shown, ...(manualApproval ? { APPROVAL_MINUTES: literal(minutes) } : {}),
        },
      };
      return {
        name: key, checksFirst: true, lanes: {
          [key]: [
            {
              does: 'diff', role: roles.differ!.name, takes: ['Assembly of synth', tools].sort(), onlyIf: [], host,
              variables: { STAGE: literal(key), EXECUTION_ID: THE_RUN },
            },
            ...(manualApproval ? [{ ...execute, does: 'approve', asks: PEOPLE_IN_AWS }] : []), execute,
          ],
        },
      };
    }),
  ];
  const all = [...stages, alone('tell', {
    does: 'tell', role: roles.differ!.name, host, onlyIf: [], takes: [tools],
    variables: { OUTCOME: literal('failed'), EXECUTION_ID: THE_RUN },
  })];
  return {
    branch: infrastructure.sourceBranch, strange: [], stages: all, overlap: `one at a time of ${2 * tiers.length} jobs`,
    afterFailure: Object.fromEntries(all.map(({ name }) => [name, name === 'tell' ? [] : ['tell: "failed"']])),
  };
}
