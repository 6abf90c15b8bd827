import { HERE } from './place-parts';
import { SourceType } from '../../src/options';
import { DeliveryEngine } from '../../src/options/delivery-engine';
import { DeploymentApprovals, type GithubActionsOptions, WorkflowJob } from '../../src/options/github-actions';
import type { GitlabCiOptions } from '../../src/options/gitlab-ci';
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

/** Everything that can be said of GitLab CI/CD. */
export const AT_GITLAB: SageMakerCicdProjectOptions = {
  name: 'churn', source: { type: SourceType.GITLAB, repository: 'acme/ml/churn' }, tooling: HERE,
  engine: {
    type: DeliveryEngine.GITLAB_CI,
    gitlab: {
      projectId: '87654321', defaultBranch: 'trunk',
      oidcProviderArn: `arn:aws:iam::${HERE.account}:oidc-provider/gitlab.com`, tags: ['ml', 'linux'],
      image: `registry.gitlab.com/acme/ml@sha256:${'0a'.repeat(32)}`,
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

const GITLAB_PROVIDER = `arn:aws:iam::${HERE.account}:oidc-provider/gitlab.com`;
const project = { type: SourceType.GITLAB, repository: 'acme/ml/churn' };

/** A delivery that GitLab CI/CD runs, with other settings of it, and of anything else. */
const atGitlab = (gitlab: Partial<GitlabCiOptions> = {}, more: object = {}): object => ({
  name: 'churn', source: project, tooling: HERE,
  engine: { type: DeliveryEngine.GITLAB_CI, gitlab: { projectId: '87654321', ...gitlab } }, ...more,
});
/** So many groups with so many environments each. */
const many = (groups: number, count: number) => ({
  deploymentGroups: Array.from({ length: groups }, (_, g) => ({
    name: `g${g}`, deployEnvironments: Array.from({ length: count }, (__, i) => ({ name: `e${i}` })),
  })),
});

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
  [
    'recorded decisions of reviewers on GitHub', hosted({}, { governance: { approvalRecords: true, auditTrail: {} } }),
    'engine.github.approvals',
  ],
  [
    'the profile gxp with reviewers on GitHub', hosted({ approvals: DeploymentApprovals.ENVIRONMENTS }, {
      governance: {
        profile: 'gxp', sourceTokenArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:ml/github-AbCdEf',
        identities: [{ name: 'Ana', aws: ['ana'] }],
      },
      approvers: { models: { userArns: ['arn:aws:iam::111111111111:user/ana'] } },
    }), 'engine.github.approvals',
  ],
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
  ['settings of GitLab for CodePipeline', { name: 'churn', engine: { gitlab: { projectId: '87654321' } } }, 'engine.gitlab'],
  ['settings of GitHub for GitLab', atGitlab({}, {
    engine: { type: DeliveryEngine.GITLAB_CI, gitlab: { projectId: '87654321' }, github: ids },
  }), 'engine.github'],
  ['settings of GitLab for GitHub', hosted({}, {
    engine: { type: DeliveryEngine.GITHUB_ACTIONS, github: ids, gitlab: { projectId: '87654321' } },
  }), 'engine.gitlab'],
  ['GitLab without settings', atGitlab({}, { engine: { type: 'gitlab-ci' } }), 'engine.gitlab'],
  ['GitLab without an account', atGitlab({}, { tooling: { region: HERE.region } }), 'tooling.account'],
  ['GitLab without a region', atGitlab({}, { tooling: { account: HERE.account } }), 'tooling.region'],
  ['GitLab of one\'s own', atGitlab({}, { source: { ...project, type: SourceType.GITLAB_SELF_MANAGED } }), 'source.type'],
  ['GitLab with a repository at GitHub', atGitlab({}, { source }), 'source.type'],
  ['a connection for GitLab', atGitlab({}, { source: { ...project, connectionArn } }), 'source.connectionArn'],
  ['infrastructure in another project', atGitlab({}, {
    infrastructure: { source: { ...project, repository: 'acme/platform' } },
  }), 'infrastructure.source.repository'],
  ['recorded decisions with GitLab', atGitlab({}, { governance: { approvalRecords: true } }), 'governance.approvalRecords'],
  ['a provider of GitLab in another account', atGitlab({
    oidcProviderArn: GITLAB_PROVIDER.replace(HERE.account, '222222222222'),
  }), 'engine.gitlab.oidcProviderArn'],
  ['two steps of one name in a job of GitLab', atGitlab({ extraSteps: [step('lint'), step('lint')] }), 'engine.gitlab.extraSteps[1].name'],
  ['an input of a pipeline in a step', atGitlab({
    extraSteps: [{ job: WorkflowJob.BUILD, name: 'lint', run: 'echo "$[[ inputs.run ]]"' }],
  }), 'engine.gitlab.extraSteps[0].run'],
  ['more roles than a provider has audiences', atGitlab({}, many(3, 30)), 'deploymentGroups'],
  ['more groups than GitLab has parts', atGitlab({}, many(25, 1)), 'deploymentGroups'],
  ['more environments at a time than a job waits for', atGitlab({}, {
    deploymentGroups: [{
      name: 'main', deployEnvironments: Array.from({ length: 25 }, (_, i) => ({ name: `e${i}`, parallelWithPrevious: i > 0 })),
    }],
  }), 'deploymentGroups[0].deployEnvironments'],
  ['more files than a rule has patterns', atGitlab({}, {
    infrastructure: { files: Array.from({ length: 51 }, (_, i) => `f${i}`) },
  }), 'infrastructure.files'],
  ['GitLab where there is no CodeBuild', atGitlab({}, { tooling: { ...HERE, region: 'ca-west-1' } }), 'tooling.region'],
  ['workflows where there is no CodeBuild', hosted({}, { tooling: { ...HERE, region: 'ca-west-1' } }), 'tooling.region'],
];

/** Options of engines that are right. */
export const ENGINES_VALID: ReadonlyArray<readonly [string, object]> = [
  ['all of GitHub Actions', HOSTED],
  ['recorded decisions of people in AWS', hosted({ approvals: DeploymentApprovals.AWS }, {
    governance: { approvalRecords: true, auditTrail: {} },
  })],
  ['an environment in the key\'s region', hosted(app(KEY))],
  ['one step of a name in each job', hosted({ extraSteps: [step('lint'), step('lint', WorkflowJob.SYNTH)] })],
  ['the same repository for the infrastructure', hosted({}, { infrastructure: { source } })],
  ['a long default branch', hosted({ defaultBranch: 'b'.repeat(200) })],
  ['workflows where there is no CodeConnections', hosted({}, { tooling: { ...HERE, region: 'eu-central-2' } })],
  ['more ignored paths than a trigger takes', hosted({}, {
    source: { ...source, ignoredPaths: Array.from({ length: 60 }, (_, i) => `folder-${i}/some-file-of-this-folder.md`) },
  })],
  ['all of GitLab', AT_GITLAB],
  ['as many roles as a provider has audiences', atGitlab({}, many(24, 1))],
  ['CodePipeline by name', { name: 'churn', engine: { type: 'codepipeline' } }],
];
