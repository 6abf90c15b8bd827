import { preflightList } from '../../src/accounts/preflight';
import type { PreflightCheck } from '../../src/accounts/preflight-check';
import type { DeliveryOptions } from '../../src/options/delivery';
import { normaliseDelivery } from '../../src/plan/normalise';
import { planDelivery } from '../../src/plan/plan';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, type Json, resources, templatesOf } from '../../testing/deliveries/synth';
import { ACCOUNTS } from '../infra/accounts';

const listOf = (delivery: DeliveryOptions) => preflightList(planDelivery(normaliseDelivery(delivery)));
const of = (checks: readonly PreflightCheck[], kind: PreflightCheck['kind']) =>
  checks.filter(check => check.kind === kind);
const places = (checks: readonly PreflightCheck[]) =>
  checks.map(({ place }) => `${place.account ?? ''}/${place.region ?? ''}`);

const EVERYWHERE = [
  '111111111111/eu-west-1', '222222222222/eu-west-1', '333333333333/eu-west-1', '444444444444/us-east-1',
  '555555555555/eu-west-1', '111111111111/us-east-1',
];

afterAll(cleanUp);

describe('over several accounts', () => {
  const { checks, tooling, qualifier } = listOf(ACCOUNTS);
  test('every account and region needs a bootstrap, with the command that makes it', () => {
    expect({ tooling, qualifier }).toEqual({
      tooling: { account: '111111111111', region: 'eu-west-1' }, qualifier: 'churn',
    });
    expect(places(of(checks, 'bootstrap')).sort()).toEqual([...EVERYWHERE].sort());
    const { fix } = of(checks, 'bootstrap').find(c => c.place.account === '444444444444')!;
    expect(fix).toContain('npx cdk bootstrap aws://444444444444/us-east-1 --qualifier churn --toolkit-stack-name '
      + 'CDKToolkit-churn --trust 111111111111');
    expect(fix).not.toContain('\n');
  });
  test('the others must trust the tooling account', () => {
    expect(places(of(checks, 'trust')).sort()).toEqual(EVERYWHERE.filter(p => !p.startsWith('111111111111')).sort());
    of(checks, 'trust').forEach(c => expect(c.wants).toEqual({ account: '111111111111' }));
  });
  test('each deploys with its own policies', () => {
    expect(of(checks, 'execution')[0].wants).toEqual({
      policies: ['churn-cdk-churn-execution', 'churn-cdk-churn-execution-2'],
    });
  });
  test('the boundary comes first, because the bootstrap\'s roles have it', () => {
    expect(checks[0].kind).toBe('boundary');
    expect(of(checks, 'bootstrapBoundary').map(c => c.wants)).toEqual(EVERYWHERE.map(() => ({ name: 'team/limit' })));
    expect(of(listOf(DELIVERIES.default).checks, 'bootstrapBoundary')).toEqual([]);
  });
  test('the boundary must be in each account, once', () => {
    expect(of(checks, 'boundary').map(c => c.place.account).sort()).toEqual([
      '111111111111', '222222222222', '333333333333', '444444444444', '555555555555',
    ]);
  });
  test('the topic that is named must be there', () => {
    expect(of(checks, 'topic')).toMatchObject([{ wants: { arn: 'arn:aws:sns:eu-west-1:111111111111:operations' } }]);
  });
});

test('a repository that is created is no condition, one that is not is', () => {
  const repository = (create: boolean) =>
    of(listOf({ ...DELIVERIES.default, source: { repository: 'models', create } }).checks, 'repository');
  expect(repository(true)).toMatchObject([{
    wants: { name: 'models', branch: 'main', created: true }, fix: 'Push to '
    + 'the branch main once the repository exists: npx sagemaker-cicd-projen bootstrap-guide prints the command.',
  }]);
  expect(repository(false)).toMatchObject([{
    wants: { created: false }, fix: 'Create the repository models and push to its branch main.',
  }]);
});

test('a connection is looked at once, whatever uses it', () => {
  const { checks } = listOf(DELIVERIES.twoGroups);
  expect(of(checks, 'connection')).toMatchObject([{ wants: { arn: DELIVERIES.twoGroups.source!.connectionArn! } }]);
  expect(of(checks, 'repository')).toEqual([]);
});

test('networks and buckets for access logs are looked at where they are used', () => {
  const { checks } = listOf(DELIVERIES.explicitAccount);
  expect(of(checks, 'network')).toMatchObject([{
    place: { account: '111111111111', region: 'eu-central-1' }, wants: {
      vpc: 'vpc-0123456789abcdef0', groups: ['sg-0123456789abcdef0'],
    },
  }]);
  expect(of(checks, 'logs')).toMatchObject([{ wants: { bucket: 'access-logs' } }]);
});

test('keys of endpoints and secrets of registries are looked at', () => {
  expect(of(listOf(DELIVERIES.twoRegions).checks, 'key')).toMatchObject([{
    place: { account: '333333333333', region: 'us-east-1' },
  }]);
  expect(of(listOf(DELIVERIES.sharedAccounts).checks, 'secret')).toMatchObject([{
    place: { account: '222222222222' }, wants: { arn: expect.stringContaining('ecr-pullthroughcache/hub') },
  }]);
});

test('keys of training data are looked at from where the jobs run', () => {
  const found = of(listOf(DELIVERIES.sevenAccounts).checks, 'dataKey');
  expect(places(found)).toEqual(['222222222222/eu-west-1', '222222222222/eu-west-1']);
  expect(found.map(check => check.wants.roles)).toEqual(found.map(() => [
    'arn:aws:iam::222222222222:role/churn-dev-processing', 'arn:aws:iam::222222222222:role/churn-dev-training',
  ]));
});

test('a promotion needs its bucket, bus and key', () => {
  const promotion = {
    sourceModelPackageGroupArn: 'arn:aws:sagemaker:eu-west-1:999999999999:model-package-group/models',
    targetBucketName: 'promoted', eventBusName: 'models',
    kmsKeyArn: 'arn:aws:kms:eu-west-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef',
  };
  const { checks } = listOf({ ...ACCOUNTS, promotion });
  expect(of(checks, 'bucket')).toMatchObject([{ wants: { bucket: 'promoted' } }]);
  expect(of(checks, 'bus')).toMatchObject([{ wants: { name: 'models' } }]);
  expect(of(checks, 'key')).toMatchObject([{ wants: { arn: promotion.kmsKeyArn } }]);
});

test('without accounts everything is that of the credentials', () => {
  const { checks } = listOf(DELIVERIES.default);
  expect(new Set(places(checks))).toEqual(new Set(['/']));
  expect(of(checks, 'trust')).toEqual([]);
});

test.each(Object.entries({ ...DELIVERIES, ACCOUNTS }))('of "%s" every check says what, and what to do, and is there '
  + 'once', (_, delivery) => {
  const { checks } = listOf(delivery);
  checks.forEach(({ title, fix }) => expect(`${title} ${fix}`).not.toMatch(/undefined|\{\w+\}|\[object/));
  expect(new Set(checks.map(({ kind, place, wants }) =>
    JSON.stringify([kind, place, wants]))).size).toBe(checks.length);
});

describe('workflows', () => {
  const { checks } = listOf(DELIVERIES.workflowsOfAccounts);
  const wants = (kind: PreflightCheck['kind'], all = checks) => of(all, kind).map(check => check.wants);

  test('need no connection; GitHub is asked for the repository by its numbers, its branch and its subject', () => {
    expect([...of(checks, 'connection'), ...of(checks, 'repository')]).toEqual([]);
    expect(wants('hostRepository')).toEqual([{
      repositoryId: '123456789', ownerId: '987654', defaultBranch: 'main',
    }]);
    expect(wants('hostBranch')).toEqual([{ branch: 'main' }]);
    expect(wants('hostSubject')).toEqual([{}]);
    expect(new Set(checks.filter(({ kind }) => /^host[A-Z][a-y]/.test(kind) && kind !== 'hostedZone').map(({ host }) => host)))
      .toEqual(new Set(['acme/churn']));
  });
  test('each stage of the infrastructure admits its branch, each deployment the default one; both are protected', () => {
    const options = { ...DELIVERIES.workflowsOfAccounts, infrastructure: { sourceBranch: 'release' } };
    const elsewhere = listOf(options).checks;
    expect(wants('hostBranch', elsewhere)).toEqual([{ branch: 'main' }, { branch: 'release' }]);
    const admitted = wants('hostEnvironment', elsewhere).map(({ name, branch }) => `${name}: ${branch}`);
    expect(admitted.filter(text => text.startsWith('infrastructure-')).every(text => text.endsWith(': release'))).toBe(true);
    expect(admitted.filter(text => !text.startsWith('infrastructure-')).every(text => text.endsWith(': main'))).toBe(true);
  });
  test('need the environment of each deployment and stage, with reviewers where GitHub asks people', () => {
    const asked = (all: readonly PreflightCheck[]) => wants('hostEnvironment', all).map(({ name, asks }) => [name, asks]);
    expect(asked(checks)).toEqual([
      ['dev-dev', false], ['main-preprod', false], ['main-acceptance', false], ['main-eu', true], ['main-us', true],
      ['infrastructure-self', true], ['infrastructure-dev', false], ['infrastructure-preprod', false],
      ['infrastructure-prod', true],
    ]);
    expect(asked(listOf(DELIVERIES.workflows).checks).filter(([, asks]) => asks)).toEqual([]);
  });
  test('need a provider, or none that is not the delivery\'s; and the key of the App, where there is one', () => {
    const { engine, ...workflows } = DELIVERIES.workflows;
    const arn = 'arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com';
    const named = { ...workflows, engine: { ...engine, github: { ...engine!.github!, oidcProviderArn: arn } } };
    expect(wants('identityProvider')).toMatchObject([{ stack: 'churn-infrastructure' }]);
    expect(wants('identityProvider', listOf(named).checks)).toMatchObject([{ arn }]);
    expect(wants('signingKey')).toEqual([{
      arn: 'arn:aws:kms:eu-west-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef',
      roles: ['dev', 'main'].map(group => `arn:aws:iam::111111111111:role/churn-${group}-starter`),
    }]);
    expect(wants('signingKey', listOf(DELIVERIES.workflows).checks)).toEqual([]);
  });
  test('are none of CodePipeline\'s', () => {
    expect(listOf(DELIVERIES.twoGroups).checks.filter(({ kind }) => /^(host|identity|signing)/.test(kind))).toEqual([]);
  });
});

describe('what an earlier stack left', () => {
  const KEPT: { readonly [type: string]: readonly [list: string, name: string] } = {
    'AWS::S3::Bucket': ['buckets', 'BucketName'], 'AWS::Logs::LogGroup': ['logs', 'LogGroupName'],
    'AWS::ECR::Repository': ['repositories', 'RepositoryName'],
  };
  const leftovers = (delivery: DeliveryOptions) => of(listOf(delivery).checks, 'leftover');

  test.each(['default', 'sharedAccounts', 'monitored', 'workflowsOfAccounts'])('of "%s" everything is looked for that a stack keeps under a name', name => {
    const parameters: Json = { 'AWS::AccountId': '{account}', 'AWS::Region': '{region}' };
    const part = (value: Json): string => (typeof value === 'string' ? value : parameters[value.Ref]);
    const literal = (value: Json): string =>
      (value['Fn::Join']?.[1] as Json[] | undefined ?? [value]).map(part).join('');
    const looked = Object.fromEntries(leftovers(DELIVERIES[name]).map(({ wants: { stack, ...kept } }) => [
      stack, Object.values(KEPT).flatMap(([list]) => kept[list] as string[]).sort(),
    ]));
    const kept = Object.entries(templatesOf(DELIVERIES[name])).map(([stack, template]) => [
      stack,
      Object.entries(KEPT).flatMap(([type, [, property]]) => resources(template, type)
        .filter(({ DeletionPolicy, Properties }) => DeletionPolicy !== 'Delete' && Properties[property])
        .map(({ Properties }) => literal(Properties[property]))).sort(),
    ] as const).filter(([, names]) => names.length > 0);
    expect(looked).toEqual(Object.fromEntries(kept));
  });

  test('is compared with the key that the stack is given, and the option is named that takes another one', () => {
    const found = leftovers(DELIVERIES.twoRegions).find(({ wants }) => wants.stack === 'churn-main-us-environment')!;
    expect(found.wants.key).toBe(
      'arn:aws:kms:us-east-1:333333333333:key/01234567-89ab-cdef-0123-456789abcdef',
    );
    expect(found.fix).toContain('endpoint.kmsKeyArn of the environment us');
    expect(found.place).toEqual({ account: '333333333333', region: 'us-east-1' });
  });
});

describe('in front of endpoints', () => {
  const { checks } = listOf(DELIVERIES.apis);
  const titled = (kind: PreflightCheck['kind'], place: string) => of(checks, kind)
    .filter(check => check.place.account === place).map(({ wants }) => wants);
  test('an API of one\'s own domain needs a certificate, its zone, and a web ACL that is there', () => {
    expect(titled('certificate', '444444444444')).toEqual([{
      arn: 'arn:aws:acm:eu-west-1:444444444444:certificate/01234567-89ab-cdef-0123-456789abcdef',
      domain: 'churn.example.org',
    }]);
    expect(titled('hostedZone', '444444444444')).toEqual([{ id: 'Z0123456789ABCDEFGHIJ', domain: 'churn.example.org' }]);
    expect(of(checks, 'webAcl')).toHaveLength(1);
  });
  test('a private API needs its VPC endpoints, and REST APIs the account\'s role for logs, once', () => {
    expect(titled('vpcEndpoints', '444444444444')).toEqual([{ ids: ['vpce-0123456789abcdef0'] }]);
    expect(places(of(checks, 'apiLogs'))).toEqual(['444444444444/eu-west-1']);
  });
  test('each environment keeps its way of release', () => {
    expect(of(checks, 'release').map(({ wants }) => wants)).toEqual([
      { stack: 'churn-main-dev-endpoint', perRelease: true }, { stack: 'churn-main-staging-endpoint', perRelease: false },
      { stack: 'churn-main-prod-endpoint', perRelease: true },
      { stack: 'churn-main-documents-endpoint', perRelease: false },
    ]);
  });
  test('where each package has an endpoint, quotas hold both, and know the delivery\'s own by a pattern', () => {
    const quotas = of(checks, 'quota');
    const serverless = quotas.find(({ title }) => title.includes('serverless'))!;
    expect(serverless.wants).toMatchObject({ endpoints: ['churn-main-dev-r????????'] });
    const single = of(listOf(DELIVERIES.kinds).checks, 'quota').find(({ title }) => title.includes('serverless'))!;
    expect(serverless.title).toContain('while the endpoint before is still there');
    expect(single.title).not.toContain('while the endpoint before');
    expect(quotas.find(({ wants }) => wants.type === 'ml.m5.large' && (wants.endpoints as string[])
      .includes('churn-main-prod-r????????'))).toBeDefined();
  });
  test('reserved concurrency leaves a hundred to others', () => {
    expect(of(checks, 'quota').filter(({ wants }) => wants.service === 'lambda').map(({ wants }) => wants.value))
      .toEqual([120]);
  });
  test('what the environment keeps of an API is looked for', () => {
    const prod = of(checks, 'leftover').find(({ wants }) => wants.stack === 'churn-main-prod-environment')!;
    expect(prod.wants.logs).toEqual([
      '/aws/vendedlogs/apis/churn-main-prod-api', '/aws/lambda/churn-main-prod-api',
      '/aws/lambda/churn-main-prod-beforetraffic', '/aws/lambda/churn-main-prod-aftertraffic',
    ]);
    expect(prod.wants.buckets).toContain('churn-main-prod-predictions-444444444444-eu-west-1');
  });
  test('who has no API is asked for none of it', () => {
    const kinds = new Set(listOf(DELIVERIES.default).checks.map(({ kind }) => kind));
    expect(['certificate', 'hostedZone', 'webAcl', 'vpcEndpoints', 'apiLogs', 'layer', 'release'].filter(kind => (
      kinds.has(kind as PreflightCheck['kind'])))).toEqual([]);
  });
});
