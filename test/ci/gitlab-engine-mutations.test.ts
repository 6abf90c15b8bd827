import { checkedPlan } from '../../src/plan/check';
import { fromPlanForGitlab } from '../../testing/ci/from-plan-gitlab';
import { gitlabTexts } from '../../testing/ci/gitlab-texts';
import { workflowNames } from '../../testing/ci/moved';
import { readGitlab } from '../../testing/ci/read-gitlab';
import { BY_GITLAB } from '../../testing/deliveries/gitlab';
import { cleanUp } from '../../testing/deliveries/synth';

afterAll(cleanUp);

type Edit = (text: string) => string;

/** An edit of one job of a file. */
const inJob = (name: string, edit: Edit): Edit => text => text.replace(
  new RegExp(`^(?:deploy-main|build-main|infrastructure):${name}:\\n(?: {2,}.*\\n| *\\n)*`, 'm'), job => edit(job));
const replaced = (what: string | RegExp, by: string): Edit => text => text.replace(what, () => by);
const dropped = (what: string | RegExp): Edit => replaced(what, '');
/** A block of a script with its name, up to the next one. */
const block = (name: string) => new RegExp(`^ {4}- \\|-\\n {6}# ${name}\\n(?: {6}.*\\n| *\\n)*`, 'm');
const swapped = (one: string, other: string): Edit => text => {
  const [first] = block(one).exec(text)!;
  const [second] = block(other).exec(text)!;
  return text.replace(first, () => '§').replace(second, () => first).replace('§', () => second);
};

const plans = Object.fromEntries(Object.entries(BY_GITLAB).map(([name, delivery]) => [name, checkedPlan(delivery).plan!]));
const texts = Object.fromEntries(Object.entries(plans).map(([name, plan]) => [name, gitlabTexts(plan)]));
const [MANY, ONE] = ['gitlabOfAccounts', 'gitlab'];
const [DEPLOY, BUILD, INFRASTRUCTURE] = ['deploy-main', 'build-main', 'infrastructure'];

const MUTATIONS: ReadonlyArray<readonly [string, string, string, Edit]> = [
  ['a need that is dropped', MANY, DEPLOY, inJob('check-eu', dropped('    - job: deploy-main:deploy-preprod\n'))],
  ['an environment that does not wait for the check of the one beside it', MANY, DEPLOY,
    inJob('deploy-preprod', dropped('    - job: deploy-main:check-acceptance\n'))],
  ['waves in each other\'s place', MANY, DEPLOY, text => text.replaceAll('$ACTION_0', '$ACTION_X')
    .replaceAll('$ACTION_1', '$ACTION_0').replaceAll('$ACTION_X', '$ACTION_1')],
  ['a wave that is deployed to whatever was decided', MANY, DEPLOY,
    inJob('deploy-us', dropped(/^ {4}- \|-\n {6}# only if there is something to do\n {6}if ! \[ "\$ACTION.*\n/m))],
  ['a job that goes on though nothing waits', MANY, DEPLOY, inJob('fetch', dropped(block('only if there is something to do')))],
  ['a job that goes on after a command that fails', MANY, DEPLOY, inJob('deploy-us', dropped('      set -eo pipefail\n'))],
  ['no environment of the host', MANY, DEPLOY, inJob('deploy-us', dropped(/ {2}environment:\n.*\n/))],
  ['the environment of another one', MANY, DEPLOY, inJob('deploy-us', replaced('name: main-us', 'name: main-eu'))],
  ['the role of another environment', MANY, DEPLOY, inJob('deploy-us', text => text.replaceAll('main-us-shipper', 'main-eu-shipper'))],
  ['a token for another role', MANY, DEPLOY, inJob('check-us', replaced(/aud: .*/, 'aud: sts.amazonaws.com/churn-main-us-shipper'))],
  ['a token for whoever wants it', MANY, DEPLOY, inJob('check-us', replaced(/aud: .*/, 'aud: sts.amazonaws.com'))],
  ['a second token', MANY, DEPLOY, inJob('check-us', replaced(/( {6}aud: .*\n)/, '      aud: sts.amazonaws.com/churn-main-preparer\n    OTHER:\n      aud: sts.amazonaws.com/churn-main-us-shipper\n'))],
  ['a token for code of the repository', MANY, DEPLOY,
    inJob('assemble', replaced('  script:\n', '  id_tokens:\n    AWS_ID_TOKEN:\n      aud: sts.amazonaws.com/churn-main-preparer\n  script:\n'))],
  ['a check with the role that deploys', MANY, DEPLOY, inJob('check-us', text => text.replaceAll('main-preparer', 'main-us-shipper'))],
  ['a change set before the check', MANY, DEPLOY, inJob('deploy-us', swapped('check', 'change_set'))],
  ['no smoke test', MANY, DEPLOY, inJob('deploy-us', dropped(block('smoke_test')))],
  ['a smoke test that cannot fail', MANY, DEPLOY, inJob('deploy-us', text => text.replace(
    block('smoke_test'), found => found.replace('"tools/$TOOL.py"', '"tools/$TOOL.py" || true')))],
  ['a job whose failure counts for nothing', MANY, DEPLOY, inJob('deploy-us', replaced('  cache: []\n', '  cache: []\n  allow_failure: true\n'))],
  ['no golden rows during the update', MANY, DEPLOY, inJob('deploy-us', dropped(/ {6}\(\n {6}export TOOL=probe\n(?: {6}.*\n)*? {6}\) &\n {6}beside.*\n/))],
  ['an execution whose failure counts for nothing', MANY, DEPLOY, inJob('deploy-us', dropped(/ {6}wait "\$itself".*\n/))],
  ['the tool of another step', MANY, DEPLOY, inJob('deploy-us', replaced('export TOOL=smoke_test', 'export TOOL=check'))],
  ['another environment\'s name for a tool', MANY, DEPLOY, inJob('deploy-us', replaced('ENVIRONMENT=us', 'ENVIRONMENT=eu'))],
  ['a variable that somebody may start a pipeline with', MANY, DEPLOY,
    inJob('deploy-us', replaced('    GIT_STRATEGY: none\n', '    GIT_STRATEGY: none\n    ENVIRONMENT: us\n'))],
  ['an artifact that nobody looks at', MANY, DEPLOY, inJob('deploy-us', dropped(/ {6}echo "\$DIGEST_OF_DEPLOY_MAIN_PREPARE .*\n/))],
  ['an artifact that is looked at and taken anyway', MANY, DEPLOY, inJob('deploy-us', replaced('that job left." >&2; exit 1;', 'that job left." >&2;'))],
  ['the digest of another job', MANY, DEPLOY, inJob('deploy-us', text => text.replaceAll('DIGEST_OF_DEPLOY_MAIN_PREPARE', 'DIGEST_OF_DEPLOY_MAIN_TAKE'))],
  ['a digest of something else than what is handed on', MANY, DEPLOY,
    inJob('prepare', replaced(/sha256sum < "\$CI_PROJECT_DIR[^"]*"/, 'sha256sum < deployment/exports.sh'))],
  ['values that go the way of reports', MANY, DEPLOY, inJob('prepare', replaced('>> "$VALUES/.handed-on.sh"', '>> "$CI_PROJECT_DIR/handed-on/deploy-main-prepare.env"'))],
  ['a job that gets nothing of what it takes over', MANY, DEPLOY, inJob('end', replaced('    - deploy-main:take\n', '    - deploy-main:fetch\n'))],
  ['an outcome that is always the good one', MANY, DEPLOY, inJob('end-after-failure', replaced('OUTCOME=failed', 'OUTCOME=done'))],
  ['a failure that nobody tells', MANY, DEPLOY, inJob('end-after-failure', dropped(/ {6}when: on_failure\n/))],
  ['an end before all is over', MANY, DEPLOY, inJob('end', replaced('stage: .post', 'stage: deploy'))],
  ['a package of the SDK without its digest', MANY, DEPLOY, inJob('take', replaced(/(botocore==\S+).*/, 'botocore==1.44.8'))],
  ['an SDK that pip does not look at', MANY, DEPLOY, inJob('take', replaced(' --require-hashes', ''))],
  ['one job at a time', MANY, DEPLOY, inJob('deploy-us', replaced('  cache: []\n', '  cache: []\n  resource_group: deploy\n'))],
  ['templates of a checkout', MANY, DEPLOY, inJob('assemble', replaced('GIT_STRATEGY: none', 'GIT_STRATEGY: clone'))],
  ['tools from somewhere else', MANY, DEPLOY, inJob('prepare', replaced('PARAMETER=churn-main-tools', 'PARAMETER=mine'))],
  ['an execution that a variable says', MANY, DEPLOY, inJob('deploy-us', replaced(/EXECUTION_ID="gl-.*/, 'EXECUTION_ID="gl-$CI_PIPELINE_ID"'))],
  ['a deployment on a push', MANY, DEPLOY, inJob('take', replaced(/- if: .*/, '- if: $CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == "main"'))],
  ['a deployment on another branch', MANY, DEPLOY, text => text.replaceAll('" && $CI_COMMIT_BRANCH == "main"', '" && $CI_COMMIT_BRANCH == "next"')],
  ['a deployment on any branch', MANY, DEPLOY, inJob('take', replaced(' && $CI_COMMIT_BRANCH == "main"', ''))],
  ['a job in a merge request', MANY, DEPLOY, inJob('fetch', replaced('  rules:\n', '  rules:\n    - if: $CI_PIPELINE_SOURCE == "merge_request_event"\n'))],
  ['what other jobs have cached', MANY, DEPLOY, inJob('prepare', replaced('cache: []', 'cache:\n    paths: [x]'))],
  ['no approval in AWS', ONE, DEPLOY, inJob('deploy-prod', dropped(block('await_approval')))],
  ['an approval after the change', ONE, DEPLOY, inJob('deploy-prod', swapped('await_approval', 'execute_change_set'))],
  ['no approval of a change of the infrastructure', ONE, INFRASTRUCTURE, inJob('deploy-prod', dropped(/.*await_change.*\n/))],
  ['a change of the infrastructure that was not shown', ONE, INFRASTRUCTURE, inJob('deploy-prod', dropped(block('only if there is something to do')))],
  ['a stage of the infrastructure that does not wait', ONE, INFRASTRUCTURE, inJob('diff-prod', dropped(/ {4}- job: infrastructure:deploy-self\n/))],
  ['infrastructure of several pipelines at a time', ONE, INFRASTRUCTURE, inJob('deploy-prod', dropped(/ {2}resource_group: .*\n/))],
  ['a build of another commit', ONE, BUILD, inJob('build', replaced('echo "$COMMIT"', 'echo "main"'))],
  ['a build of the branch in place of the commit', ONE, BUILD, inJob('build', replaced('--detach "$GIT_COMMIT"', '--detach main'))],
  ['builds side by side', ONE, BUILD, inJob('build', dropped(/ {2}resource_group: .*\n/))],
  ['a build on each push', ONE, BUILD, inJob('build', dropped(/^ {4}- >?\|?-\n {6}# only if there is something to do\n {6}if ! \{.*\n/m))],
  ['no tests', ONE, BUILD, inJob('build', dropped(block('test')))],
  ['a retraining without its reason', ONE, BUILD, inJob('build', dropped(/ {6}export RETRAINING_REASON="\$REASON"\n/))],
  ['a sweep of another table', ONE, DEPLOY, inJob('sweep', replaced('REQUESTS_TABLE=churn', 'REQUESTS_TABLE=other'))],
];

test.each(MUTATIONS)('the reader notices %s', (_, name, file, edit) => {
  const at = `.gitlab/ci/${file}.yml`;
  const edited = edit(texts[name][at]);
  expect(edited).not.toBe(texts[name][at]);
  const plan = plans[name];
  let read: unknown;
  try {
    read = readGitlab({ ...texts[name], [at]: edited }, workflowNames(plan));
  } catch (error) {
    read = String(error);
  }
  expect(read).not.toEqual(fromPlanForGitlab(plan));
});
