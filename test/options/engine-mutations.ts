import { HERE } from './place-parts';
import { SourceType } from '../../src/options';
import { DeliveryEngine } from '../../src/options/delivery-engine';
import { DeploymentApprovals, type GithubActionsOptions, WorkflowJob } from '../../src/options/github-actions';
import type { SageMakerCicdProjectOptions } from '../../src/project';

const KEY = `arn:aws:kms:${HERE.region}:${HERE.account}:key/01234567-89ab-cdef-0123-456789abcdef`;
const PROVIDER = `arn:aws:iam::${HERE.account}:oidc-provider/token.actions.githubusercontent.com`;
const ids = { repositoryId: '123456789', ownerId: '987654' };
const connectionArn = 'arn:aws:codeconnections:eu-west-1:111111111111:connection/0123abcd-0000-0000-0000-000000000000';
const source = { type: SourceType.GITHUB, repository: 'acme/churn' };

/** Everything that can be said of GitHub Actions. */
export const HOSTED: SageMakerCicdProjectOptions = {
  name: 'churn', source, tooling: HERE,
  engine: {
    type: DeliveryEngine.GITHUB_ACTIONS,
    github: {
      ...ids, defaultBranch: 'trunk', oidcProviderArn: PROVIDER, approvals: DeploymentApprovals.AWS,
      app: { appId: '4711', installationId: '815', keyArn: KEY }, sweepSchedule: '7,37 6-20 * * MON-FRI',
      runsOn: ['self-hosted', 'linux'], container: `ghcr.io/acme/ml@sha256:${'0a'.repeat(32)}`,
      extraSteps: [{ job: WorkflowJob.BUILD, name: 'type check', run: 'npm run typecheck' }],
    },
  },
};

/** A delivery that GitHub Actions runs, with other settings of it, and of anything else. */
const hosted = (github: Partial<GithubActionsOptions> = {}, more: object = {}): object => ({
  name: 'churn', source, tooling: HERE,
  engine: { type: DeliveryEngine.GITHUB_ACTIONS, github: { ...ids, ...github } }, ...more,
});
const app = (keyArn: string): Partial<GithubActionsOptions> => ({
  app: { appId: '4711', installationId: '815', keyArn },
});
const step = (name: string, job = WorkflowJob.BUILD) => ({ job, name, run: 'make' });

/** Options of engines that are right one by one and wrong together. */
export const ENGINES: ReadonlyArray<readonly [string, object, string]> = [
  ['settings of GitHub for CodePipeline', { name: 'churn', engine: { github: ids } }, 'engine.github'],
  ['GitHub Actions without settings', hosted({}, { engine: { type: 'github-actions' } }), 'engine.github'],
  ['GitHub Actions without an account', hosted({}, { tooling: { region: HERE.region } }), 'tooling.account'],
  ['GitHub Actions without a region', hosted({}, { tooling: { account: HERE.account } }), 'tooling.region'],
  ['GitHub Actions with CodeCommit', hosted({}, { source: {} }), 'source.type'],
  [
    'GitHub Actions at GitHub Enterprise Server', hosted({}, { source: { ...source, type: SourceType.GITHUB_ENTERPRISE } }),
    'source.type',
  ],
  ['a connection for workflows', hosted({}, { source: { ...source, connectionArn } }), 'source.connectionArn'],
  [
    'infrastructure in another repository', hosted({}, {
      infrastructure: { source: { ...source, repository: 'acme/platform' } },
    }), 'infrastructure.source.repository',
  ],
  ['recorded decisions with workflows', hosted({}, { governance: { approvalRecords: true } }), 'governance.approvalRecords'],
  ['a key of an App in another region', hosted(app(KEY.replace(HERE.region, 'eu-west-2'))), 'engine.github.app.keyArn'],
  ['a key of an App in another account', hosted(app(KEY.replace(HERE.account, '222222222222'))), 'engine.github.app.keyArn'],
  [
    'a provider of another account', hosted({ oidcProviderArn: PROVIDER.replace(HERE.account, '222222222222') }),
    'engine.github.oidcProviderArn',
  ],
  ...['60 * * * *', '* * * * *', '*/4 * * * *', '0 24 * * *', '0 0 0 * *', '0 0 * JUN-MAY *', '58,1 * * * *', '0 0 * * 7'].map(
    sweepSchedule => [
      `the schedule "${sweepSchedule}"`, hosted({ sweepSchedule }), 'engine.github.sweepSchedule',
    ] as const,
  ),
  [
    'two steps of one name in a job', hosted({ extraSteps: [step('lint'), step('test'), step('lint')] }),
    'engine.github.extraSteps[2].name',
  ],
  ['a branch that no trust has room for', hosted({ defaultBranch: 'b'.repeat(201) }), 'engine.github.defaultBranch'],
  ['workflows where there is no CodeBuild', hosted({}, { tooling: { ...HERE, region: 'ca-west-1' } }), 'tooling.region'],
];

/** Options of engines that are right. */
export const ENGINES_VALID: ReadonlyArray<readonly [string, object]> = [
  ['all of GitHub Actions', HOSTED],
  ['an environment in the key\'s region', hosted(app(KEY))],
  ['one step of a name in each job', hosted({ extraSteps: [step('lint'), step('lint', WorkflowJob.SYNTH)] })],
  ['the same repository for the infrastructure', hosted({}, { infrastructure: { source } })],
  ['a long default branch', hosted({ defaultBranch: 'b'.repeat(200) })],
  ['workflows where there is no CodeConnections', hosted({}, { tooling: { ...HERE, region: 'eu-central-2' } })],
  ['more ignored paths than a trigger takes', hosted({}, {
    source: { ...source, ignoredPaths: Array.from({ length: 60 }, (_, i) => `folder-${i}/some-file-of-this-folder.md`) },
  })],
  ['CodePipeline by name', { name: 'churn', engine: { type: 'codepipeline' } }],
];
