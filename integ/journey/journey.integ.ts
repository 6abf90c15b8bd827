import * as fs from 'node:fs';
import * as path from 'node:path';
import { ENDPOINT_FAULTS } from './endpoint-mutations';
import { FRONTED_FAULTS } from './fronted-mutations';
import { GOVERNANCE_FAULTS } from './governance-mutations';
import { MONITORING_FAULTS } from './monitoring-mutations';
import type { Mutation } from './mutation';
import { ONE_ACCOUNT, SEVEN_ACCOUNTS } from './mutations';
import { PROMOTION_FAULTS } from './promotion-mutations';
import { ROLLBACK_FAULTS } from './rollback-mutations';
import { SEALING } from './sealing-mutations';
import { STARTED_WORKFLOW_FAULTS, WORKFLOW_FAULTS } from './workflow-mutations';
import { Delivery } from '../../src/delivery/delivery';
import { planOf } from '../../src/infra/shared/plan';
import { synthesize } from '../../testing/deliveries/assemblies';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { FRONTED, synthesizeFronted } from '../../testing/deliveries/fronted';
import { GOVERNED, synthesizeGoverned } from '../../testing/deliveries/governed';
import { PROMOTED_FROM, PROMOTED_TO, PROMOTION, synthesizePromotion } from '../../testing/deliveries/promotion';
import { cleanUp } from '../../testing/deliveries/synth';
import { synthesizeWatched, WATCHED } from '../../testing/deliveries/watched';
import { BY_WORKFLOWS, synthesizeWorkflows } from '../../testing/deliveries/workflows';
import { removeTemporary, temporaryDirectory } from '../../testing/harness/temporary';
import { Assembly } from '../../testing/journey/assembly';
import { type Facts, factsOf, factsOfPromotion } from '../../testing/journey/facts';
import { generateRepository, renderWorkflows } from '../../testing/journey/generated';
import { play, type Played, type Run } from '../../testing/journey/play';
import { LONG, selection } from '../../testing/selection';

if (!process.env.TOOLS_VENV) {
  throw new Error('TOOLS_VENV must name a Python environment made from integ/requirements/tools.txt.');
}

if (!process.env.SDK_VENV) {
  throw new Error('SDK_VENV must name a Python environment made from integ/requirements/sdk.txt.');
}

/** The journeys of a commit through a whole delivery, and what is spoilt in each of them. */
const JOURNEYS: { readonly [delivery: string]: readonly Mutation[] } = {
  default: [...ONE_ACCOUNT, ...ENDPOINT_FAULTS, ...ROLLBACK_FAULTS, ...SEALING], sevenAccounts: SEVEN_ACCOUNTS,
  promotion: PROMOTION_FAULTS, governed: GOVERNANCE_FAULTS,
  fronted: FRONTED_FAULTS,
  watched: MONITORING_FAULTS,
  workflows: WORKFLOW_FAULTS,
  workflowsOfAccounts: STARTED_WORKFLOW_FAULTS,
};

const MUTATIONS_IN_A_SHORT_RUN = 2;

/** All journeys of a long run beside other suites. */
const HOUR = 3_600_000;

/**
 * The delivery over seven accounts: in a short run one line of accounts, without the scenes about endpoints and
 * artifacts, which one account plays as well.
 */
const SEVEN_ACCOUNTS_PLAY: Pick<Run, 'groups' | 'scenes'> = LONG ? {} : {
  groups: selection('groups of the journey over seven accounts', ['dev', 'main'], 1),
  scenes: [
    'first_deployment', 'created', 'commit', 'approve', 'repeated', 'sealed', 'rejected_while_waiting',
    'infrastructure', 'unseen', 'roll_back', 'by_hand', 'returned', 'went_back_later', 'training_failed',
    'nothing_left', 'torn_down',
  ],
};

/** The delivery with APIs: in a short run its first release, one that is shifted, and what hooks and alarms refuse. */
const FRONTED_PLAY: Pick<Run, 'scenes'> = LONG ? {} : {
  scenes: ['first_release', 'hook_refuses', 'alarm_during_the_canary', 'shifted', 'hook_refuses_in_place'],
};

/** The delivery with monitors: in a short run what each of them finds, and what comes of it. */
const WATCHED_PLAY: Pick<Run, 'scenes'> = LONG ? {} : { scenes: ['as_trained', 'drifts', 'breaks', 'truth_comes'] };

const SEVERAL = ['sevenAccounts', 'governed', 'fronted', 'watched', 'workflowsOfAccounts'];
const picked = selection('journeys over several accounts', SEVERAL, 1);

/** Scenes of deliveries that workflows run, of which a short run plays one. */
const OF_WORKFLOWS = selection('further scenes of workflows', [
  'built', 'refused', 'withdrawn', 'exchanged', 'raced', 'change_refused', 'change_exchanged', 'change_forged',
  'host_was_down', 'keys_stay_inside',
], 1);

/** The delivery that workflows run: in a short run a deployment with its approval, infrastructure, attacks on roles. */
const WORKFLOWS_PLAY: Pick<Run, 'scenes'> = LONG ? {} : {
  scenes: ['deployed', 'infrastructure_changed', 'attacked', ...OF_WORKFLOWS],
};

/** In a short run one of the journeys over several accounts. */
const PLAYED = Object.keys(JOURNEYS).filter(name => !SEVERAL.includes(name) || picked.includes(name));

const parent = temporaryDirectory('assemblies');
const SYNTHESES: { readonly [delivery: string]: (parent: string) => string } = {
  promotion: synthesizePromotion, governed: synthesizeGoverned, fronted: synthesizeFronted,
  watched: synthesizeWatched,
  ...Object.fromEntries(Object.keys(BY_WORKFLOWS).map(name => [name, (into: string) => synthesizeWorkflows(name, into)])),
};
const originals = Object.fromEntries(Object.keys(JOURNEYS).map(name =>
  [name, SYNTHESES[name]?.(parent) ?? synthesize(name, parent)]));
const facts: { readonly [delivery: string]: Facts } = {
  default: factsOf(planOf(Delivery.of(DELIVERIES.default))),
  sevenAccounts: factsOf(planOf(Delivery.of(DELIVERIES.sevenAccounts))),
  promotion: factsOfPromotion(planOf(Delivery.of(PROMOTED_FROM)), PROMOTION, PROMOTED_TO),
  governed: factsOf(planOf(Delivery.of(GOVERNED))),
  fronted: factsOf(planOf(Delivery.of(FRONTED))),
  watched: factsOf(planOf(Delivery.of(WATCHED))),
  ...Object.fromEntries(Object.entries(BY_WORKFLOWS).map(([name, options]) =>
    [name, factsOf(planOf(Delivery.of(options)))])),
};
/** What the repositories on GitHub have of deliveries that workflows run. */
const rendered: { readonly [delivery: string]: string } = Object.fromEntries(
  Object.entries(BY_WORKFLOWS).map(([name, options]) =>
    [name, renderWorkflows(options, path.join(parent, `${name}-repository`))]));
/** The delivery with APIs after a commit to its infrastructure that gives handlers another memory. */
const changed = synthesizeFronted(parent, 1024);

afterAll(() => {
  cleanUp();
  removeTemporary();
});

describe('a commit reaches production, and a rejected version is taken back', () => {
  const played = new Map<string, Played>();

  beforeAll(async () => {
    const runs = PLAYED.map((name): Run => ({
      name, assembly: originals[name], facts: facts[name],
      ...(name === 'sevenAccounts' ? SEVEN_ACCOUNTS_PLAY : {}),
      ...(name === 'fronted' ? { changed, ...FRONTED_PLAY } : {}),
      ...(name === 'watched' ? WATCHED_PLAY : {}),
      ...(rendered[name] ? { repository: rendered[name], ...WORKFLOWS_PLAY } : {}),
    }));
    const repository = {
      generated: generateRepository(path.join(parent, 'repository')),
      sdk: path.join(process.env.SDK_VENV!, 'bin', 'python'),
    };
    (await play(runs.map(r =>
      (r.name === 'default' ? { ...r, ...repository } : r)))).forEach(p => played.set(p.name, p));
  }, HOUR);

  test.each(PLAYED)('%s', name => {
    const { lines, error } = played.get(name)!;
    process.stdout.write(`${lines.join('\n')}\n`);
    expect(error).toBe('');
    const told = lines.join('\n');
    expect(told).toMatch(/\d{3,} questions to the judge/);
    const tools = rendered[name] ? '$RUNNER_TEMP/Tools' : '$CODEBUILD_SRC_DIR_Tools';
    expect(told).toContain(`python3 "${tools}/prepare.py" --assembly cdk.out --output deployment`);
    expect(told).toContain('python3 "tools/$TOOL.py"');
  });
});

describe('the journey notices', () => {
  const played = new Map<string, Played>();
  /** A part of the mutations' names, to look at few of them. */
  const only = new RegExp(process.env.JOURNEY_MUTATIONS ?? '');
  const known = Object.entries(JOURNEYS).flatMap(([delivery, mutations]) => mutations.map((mutation, i) => ({
    id: `${delivery}-${i}`, delivery, mutation,
  })))
    .filter(({ mutation }) => only.test(mutation.name));
  const all = selection('mutations of journeys', known, MUTATIONS_IN_A_SHORT_RUN);

  test('each mutation finds what it changes, also those that a short run does not play', () => {
    const lost = known.flatMap(({ id, delivery, mutation }) => {
      const directory = path.join(parent, `changed-${id}`);
      try {
        mutation.change(new Assembly(originals[delivery], directory, rendered[delivery]));
        return [];
      } catch (error) {
        return [`${delivery}: ${mutation.name}: ${String(error)}`];
      } finally {
        fs.rmSync(directory, { recursive: true });
        fs.rmSync(`${directory}-repository`, { recursive: true, force: true });
      }
    });
    expect(lost).toEqual([]);
  });

  beforeAll(async () => {
    const runs = all.map(({ id, delivery, mutation }): Run => {
      const assembly = new Assembly(originals[delivery], path.join(parent, id), rendered[delivery]);
      mutation.change(assembly);
      return {
        name: id, assembly: assembly.directory, facts: facts[delivery], repository: assembly.repository,
        groups: [mutation.group ?? 'main'], scenes: mutation.scenes,
      };
    });
    (await play(runs)).forEach(p => played.set(p.name, p));
  }, HOUR);

  test.each(all.map(a => [a.delivery, a.mutation.name, a] as const))('%s: %s', (_, __, { id, mutation }) => {
    expect(played.get(id)!.error).toMatch(mutation.noticed);
  });
});
