/**
 * Writes `docs/roles.md`: every role of a delivery, who assumes it, what it may do and why, from the plan that the
 * infrastructure uses.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { roleTable } from '../src/accounts/role-table';
import type { DeliveryOptions } from '../src/options/delivery';
import { DeliveryEngine } from '../src/options/delivery-engine';
import { EnvironmentType } from '../src/options/deployment-group';
import { DeploymentApprovals } from '../src/options/github-actions';
import { SourceType } from '../src/options/source';
import { normaliseDelivery } from '../src/plan/normalise';
import { planDelivery } from '../src/plan/plan';

const endpoint = { smokeTest: { body: '1.5,2' } };

/**
 * Everything that makes a difference to a role: another account, another region, repositories for images, a promotion.
 */
const APART: DeliveryOptions = {
  name: 'churn',
  endpoint,
  tooling: { account: '111111111111', region: 'eu-west-1' },
  deploymentGroups: [{
    name: 'main',
    parameters: { InputDataUrl: 's3://example-data/churn/' },
    buildEnvironment: { account: '222222222222' },
    deployEnvironments: [
      { name: 'staging', account: '333333333333', type: EnvironmentType.PREPROD },
      { name: 'prod', account: '444444444444', region: 'us-east-1', type: EnvironmentType.PROD },
    ],
  }],
  containerRepositories: [{ name: 'training' }, {
    name: 'upstream', pullThroughCache: { upstreamRegistryUrl: 'public.ecr.aws' },
  }],
  promotion: {
    sourceModelPackageGroupArn: 'arn:aws:sagemaker:eu-west-1:555555555555:model-package-group/churn-lab',
    targetBucketName: 'churn-models',
    eventBusName: 'promotions',
  },
};

/** The same with either engine; people approve in AWS. */
const HOSTED: DeliveryOptions = {
  name: 'churn',
  endpoint,
  source: { type: SourceType.GITHUB, repository: 'acme/churn' },
  tooling: { account: '111111111111', region: 'eu-west-1' },
};
const BY_WORKFLOWS: DeliveryOptions = {
  ...HOSTED,
  engine: {
    type: DeliveryEngine.GITHUB_ACTIONS,
    github: { repositoryId: '123456789', ownerId: '987654', approvals: DeploymentApprovals.AWS },
  },
};

const plan = (options: DeliveryOptions) => planDelivery(normaliseDelivery(options));
const table = (options: DeliveryOptions, other?: DeliveryOptions): string => (
  roleTable(plan(options), other && plan(other)).trimEnd());
const text = [
  '# Roles of a delivery',
  '',
  'Every IAM role of a project named `churn`: who assumes it, what it may do and why. Each compile generates this page '
    + 'from the role model in',
  '`src/plan`, the same model that the infrastructure\'s policies come from. `{account}`, `{region}` and `{partition}` '
    + 'are those of the stack.',
  '',
  '## One account',
  '',
  'The default delivery.',
  '',
  table({ name: 'churn', endpoint }),
  '',
  '## Several accounts and regions',
  '',
  'The pipelines run in account 111111111111, models are built in 222222222222 and deployed to 333333333333 and, in '
    + 'another region, to 444444444444. There are image repositories. Models',
  'of the group `churn-lab` in account 555555555555 are promoted to the first account.',
  '',
  table(APART),
  '',
  '## Workflows of GitHub Actions',
  '',
  'One account, with `engine.type: "github-actions"` and `engine.github.approvals: "aws"`: the roles that differ from '
    + "those of the same delivery with CodePipeline. Who is let in by a workflow's token: "
    + '[GitHub Actions](engine-github-actions.md#whom-the-roles-trust).',
  '',
  table(BY_WORKFLOWS, HOSTED),
  '',
].join('\n');
const file = path.resolve(__dirname, '..', 'docs', 'roles.md');
fs.mkdirSync(path.dirname(file), { recursive: true });
fs.writeFileSync(file, text);
