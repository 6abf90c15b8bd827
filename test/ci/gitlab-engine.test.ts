import type { DeliveryOptions } from '../../src/options/delivery';
import { DeliveryEngine } from '../../src/options/delivery-engine';
import { SourceType } from '../../src/options/source';
import { checkedPlan } from '../../src/plan/check';
import type { DeliveryPlan } from '../../src/plan/model';
import { rolesOf } from '../../src/plan/plan';
import { fromPlan } from '../../testing/ci/from-plan';
import { fromPlanForGitlab } from '../../testing/ci/from-plan-gitlab';
import { gitlabTexts } from '../../testing/ci/gitlab-texts';
import { workflowNames } from '../../testing/ci/moved';
import { withoutEngine } from '../../testing/ci/neutral';
import { readGitlab } from '../../testing/ci/read-gitlab';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { BY_GITLAB } from '../../testing/deliveries/gitlab';
import { SEVERAL_PLACES } from '../../testing/deliveries/places';
import { cleanUp } from '../../testing/deliveries/synth';
import { BY_WORKFLOWS } from '../../testing/deliveries/workflows';

afterAll(cleanUp);

const all: { readonly [name: string]: DeliveryOptions } = { ...DELIVERIES, ...BY_GITLAB, severalPlaces: SEVERAL_PLACES };

/** The same delivery, run by pipelines of GitLab. */
function moved(delivery: DeliveryOptions): DeliveryPlan | readonly string[] {
  const { source: { ignoredPaths } = {}, tooling, engine } = delivery;
  const { plan, problems } = checkedPlan({
    ...delivery,
    source: { type: SourceType.GITLAB, repository: 'acme/ml/churn', ...(ignoredPaths ? { ignoredPaths } : {}) },
    tooling: { ...tooling, account: tooling?.account ?? '111111111111', region: tooling?.region ?? 'eu-west-1' },
    engine: { type: DeliveryEngine.GITLAB_CI, gitlab: { projectId: '87654321', ...engine?.gitlab } },
  });
  return plan ?? problems.map(problem => problem.path);
}

const REFUSED: { readonly [name: string]: readonly string[] } = {
  sevenAccounts: ['infrastructure.source.repository'],
  sharedAccounts: ['infrastructure.source.repository'],
  gxp: ['governance.approvalRecords', 'governance.sourceTokenArn'],
  workflowsGxp: ['governance.approvalRecords'],
};

describe.each(Object.entries(all))('"%s", run by GitLab', (name, delivery) => {
  test('does what the plan says', () => {
    const plan = moved(delivery);
    if (!('groups' in plan)) {
      expect(plan).toEqual(REFUSED[name]);
      return;
    }
    expect(readGitlab(gitlabTexts(plan), workflowNames(plan))).toEqual(fromPlanForGitlab(plan));
  });
});

test.each(Object.entries(DELIVERIES).filter(([, { engine }]) => engine === undefined))(
  'GitLab goes through "%s" in the same stages, with the same gates, as CodePipeline', (_, delivery) => {
    const plan = moved(delivery);
    if (!('groups' in plan)) { return; }
    expect(withoutEngine(fromPlanForGitlab(plan))).toEqual(withoutEngine(fromPlan(checkedPlan(delivery).plan!)));
  });

test.each(Object.keys(BY_GITLAB))('roles of "%s" have the rights that they have with GitHub Actions', name => {
  const grants = (options: DeliveryOptions) => Object.fromEntries(rolesOf(checkedPlan(options).plan!).map(role => [role.name, role.grants]));
  const other = BY_WORKFLOWS[name.replace('gitlab', 'workflows')];
  const { app, ...github } = other.engine!.github!;
  expect(app === undefined).toBe(name === 'gitlab');
  expect(grants(BY_GITLAB[name])).toEqual(grants({
    ...other, engine: { ...other.engine, github: { ...github, approvals: 'aws' as never } },
  }));
});
