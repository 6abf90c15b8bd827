import {
  GROUP, HERE, PREPROD, PROD, accounts, at, cache, group, key, longFolders, many, network, own, paths, project, promote,
  source, to, topic,
} from './place-parts';
import { SourceType } from '../../src/options';


/**
 * Options of several accounts and regions, and of what surrounds a delivery, that are right one by one and wrong
 * together.
 */
export const PLACED: ReadonlyArray<readonly [string, object, string]> = [
  [
    'an account where the tooling names none',
    { name: 'churn', ...group({ buildEnvironment: { account: '222222222222' } }) }, 'tooling.account',
  ],
  [
    'a region where the tooling names none', { name: 'churn', ...to({ name: 'a', region: 'eu-west-1' }) },
    'tooling.region',
  ],
  [
    'a region where the tooling names an account alone',
    { name: 'churn', tooling: { account: HERE.account }, ...to({ name: 'a', region: 'eu-west-1' }) }, 'tooling.region',
  ],
  [
    'a build in another partition', project(group({ buildEnvironment: { region: 'us-gov-west-1' } })),
    `${at}.buildEnvironment.region`,
  ],
  [
    'a deployment to another partition', project(to({ name: 'a' }, { name: 'b', region: 'us-gov-west-1' })),
    `${at}.deployEnvironments[1].region`,
  ],
  [
    'a network of another account', project({ network, ...to({ name: 'a', account: '222222222222' }) }),
    `${at}.deployEnvironments[0].network`,
  ],
  [
    'a network of another region', project({ network, ...to({ name: 'a', region: 'eu-west-2' }) }),
    `${at}.deployEnvironments[0].network`,
  ],
  [
    'a network of another account than the build\'s',
    project({ network, ...group({ buildEnvironment: { account: '222222222222' } }) }), `${at}.buildEnvironment.network`,
  ],
  ['a network that only the build names', project({
    network, ...group({ buildEnvironment: { account: '222222222222', network }, deployEnvironments: [{ name: 'a' }] }),
  }), `${at}.deployEnvironments[0].network`],
  [
    'a key of the project in one region of two',
    project({ endpoint: { kmsKeyArn: key('eu-west-1') }, ...to({ name: 'a' }, { name: 'b', region: 'eu-west-2' }) }),
    'endpoint.kmsKeyArn',
  ],
  [
    'a group for copies where there are none', project(to({ name: 'a', existingModelPackageGroup: true })),
    `${at}.deployEnvironments[0].existingModelPackageGroup`,
  ],
  [
    'a group for copies in the region of the build',
    project(group({
      buildEnvironment: { region: 'eu-west-2' },
      deployEnvironments: [{ name: 'a', region: 'eu-west-2', existingModelPackageGroup: true }],
    })),
    `${at}.deployEnvironments[0].existingModelPackageGroup`,
  ],
  [
    'a key of a build in another region', project(group({ buildEnvironment: { kmsKeyArn: key('eu-west-2') } })),
    `${at}.buildEnvironment.kmsKeyArn`,
  ],
  [
    'a key of a build in another account',
    project(group({ buildEnvironment: { account: '222222222222', kmsKeyArn: key('eu-west-1', HERE.account) } })),
    `${at}.buildEnvironment.kmsKeyArn`,
  ],
  [
    'a key of an environment elsewhere', project(to({ name: 'a', endpoint: { kmsKeyArn: key('eu-west-2') } })),
    `${at}.deployEnvironments[0].endpoint.kmsKeyArn`,
  ],
  [
    'a key of an environment in another partition',
    project(to({ name: 'a', endpoint: { kmsKeyArn: key('cn-north-1', HERE.account, 'aws-cn') } })),
    `${at}.deployEnvironments[0].endpoint.kmsKeyArn`,
  ],
  [
    'a log bucket of an environment in another partition',
    project(to({ name: 'a', s3AccessLogsBucketArn: 'arn:aws-cn:s3:::logs' })),
    `${at}.deployEnvironments[0].s3AccessLogsBucketArn`,
  ],
  [
    'the first environment beside one before it', project(to({ name: 'a', parallelWithPrevious: true })),
    `${at}.deployEnvironments[0].parallelWithPrevious`,
  ],
  [
    'production beside preproduction',
    project(to({ name: 'a', type: PREPROD }, { name: 'b', type: PROD, parallelWithPrevious: true })),
    `${at}.deployEnvironments[1].parallelWithPrevious`,
  ],
  ['48 environments in sequence', project(to(...many(48))), `${at}.deployEnvironments`],
  [
    'nine environments at the same time', project(to(...many(9, { parallelWithPrevious: true }))),
    `${at}.deployEnvironments`,
  ],
  ...[
    'docs/*.md', '**', 'a/**/b', '/docs/**', 'docs/', '../a', 'a//b', '*', '**/docs/**', 'a b', '{a,b}',
    'x'.repeat(256),
  ].map(path => [
    `the ignored path "${path}"`, paths(['infra/**', path]), 'source.ignoredPaths[1]',
  ] as const),
  ['101 ignored paths', paths(Array.from({ length: 101 }, (_, i) => `a${i}`)), 'source.ignoredPaths'],
  [
    'more ignored paths than a trigger takes', project({
      source: { ...source, ignoredPaths: longFolders.map(folder => `${folder}**`) },
    }), 'source.ignoredPaths',
  ],
  ['an ignored path of the infrastructure', own({ ignoredPaths: ['*.md'] }), 'infrastructure.source.ignoredPaths[0]'],
  [
    'infrastructure on GitHub without a connection', own({ type: SourceType.GITHUB, repository: 'a/b' }),
    'infrastructure.source.connectionArn',
  ],
  [
    'infrastructure on GitHub without an owner', own({ ...source, repository: 'b' }),
    'infrastructure.source.repository',
  ],
  [
    'infrastructure in CodeCommit with a connection', own({ connectionArn: source?.connectionArn }),
    'infrastructure.source.connectionArn',
  ],
  ['infrastructure elsewhere that is created', own({ ...source, create: true }), 'infrastructure.source.create'],
  [
    'a connection of another partition',
    { name: 'churn', tooling: { region: 'us-gov-west-1' }, infrastructure: { source } },
    'infrastructure.source.connectionArn',
  ],
  [
    'one repository that is created and is there',
    project({ source: { repository: 'mono', create: false }, infrastructure: { source: { repository: 'mono' } } }),
    'infrastructure.source.create',
  ],
  [
    'one repository by default that is created and is there',
    project({ source: { create: true }, infrastructure: { source: { repository: 'churn', create: false } } }),
    'infrastructure.source.create',
  ],
  [
    'more folders than a trigger takes', project({ source, infrastructure: { files: longFolders } }),
    'infrastructure.files',
  ],
  [
    'more folders than a trigger of its own takes', project({ infrastructure: { source, files: longFolders } }),
    'infrastructure.files',
  ],
  ['a long file name', project({ infrastructure: { files: ['x'.repeat(254)] } }), 'infrastructure.files[0]'],
  ...['Team1', 'team_1', 'elevenchars', 'a-b'].map(bootstrapQualifier => [
    `the qualifier ${bootstrapQualifier}`, project({ infrastructure: { bootstrapQualifier } }),
    'infrastructure.bootstrapQualifier',
  ] as const),
  ...[
    'ops', 'ops@example', '@example.org', 'a b@example.org', 'a@b@example.org', 'ops@example..org', 'ops@-example.org',
    `${'x'.repeat(65)}@example.org`,
  ].map(address => [
    `the address ${address}`, project({ notifications: { emailAddresses: [address] } }),
    'notifications.emailAddresses[0]',
  ] as const),
  ['21 addresses', project({
    notifications: {
      emailAddresses: Array.from({ length: 21 }, (_, i) =>
        `a${i}@example.org`),
    },
  }), 'notifications.emailAddresses'],
  ['a topic of another region', topic('eu-west-2', HERE.account), 'notifications.topicArn'],
  ['a topic of another account', topic(HERE.region, '222222222222'), 'notifications.topicArn'],
  [
    'a topic of another partition',
    project({ notifications: { topicArn: 'arn:aws-cn:sns:eu-west-1:111111111111:team' } }), 'notifications.topicArn',
  ],
  [
    'a topic that is a queue', project({ notifications: { topicArn: 'arn:aws:sns:eu-west-1:111111111111:team.fifo' } }),
    'notifications.topicArn',
  ],
  [
    'two repositories for images of one name', project({ containerRepositories: [{ name: 'base' }, { name: 'base' }] }),
    'containerRepositories[1].name',
  ],
  ...['a', 'Base', 'a--b', '/a', 'a/', 'a_-b', 'x'.repeat(101)].map(name => [`the repository "${name}"`, project({
    containerRepositories: [{ name }],
  }), 'containerRepositories[0].name'] as const),
  ...[
    'docker.io', 'gcr.io', 'https://quay.io', 'quay.io/team', '111111111111.dkr.ecr.eu-west-1.amazonaws.com',
    'a.b.azurecr.io',
  ].map(host => [
    `the registry ${host}`, project(cache(host)), 'containerRepositories[0].pullThroughCache.upstreamRegistryUrl',
  ] as const),
  ...['registry-1.docker.io', 'ghcr.io', 'registry.gitlab.com', 'cgr.dev', 'team.azurecr.io'].map(host => [
    `${host} without credentials`, project(cache(host)), 'containerRepositories[0].pullThroughCache.credentialArn',
  ] as const),
  [
    'credentials for a registry without', project(cache('quay.io', 'eu-west-1:111111111111')),
    'containerRepositories[0].pullThroughCache.credentialArn',
  ],
  [
    'credentials of another region', project(cache('ghcr.io', 'eu-west-2:111111111111')),
    'containerRepositories[0].pullThroughCache.credentialArn',
  ],
  ['credentials of another account than the build\'s', project({
    ...cache('ghcr.io', 'eu-west-1:111111111111'), ...group({ buildEnvironment: { account: '222222222222' } }),
  }), 'containerRepositories[0].pullThroughCache.credentialArn'],
  ['a secret of another name', project({
    containerRepositories: [{
      name: 'hub', pullThroughCache: {
        upstreamRegistryUrl: 'ghcr.io',
        credentialArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:ghcr-AbCdEf',
      },
    }],
  }), 'containerRepositories[0].pullThroughCache.credentialArn'],
  [
    'a promotion from another partition',
    promote({ sourceModelPackageGroupArn: GROUP.replace('arn:aws:', 'arn:aws-cn:') }),
    'promotion.sourceModelPackageGroupArn',
  ],
  [
    'a promotion from a group of another kind',
    promote({ sourceModelPackageGroupArn: GROUP.replace('model-package-group', 'model-package') }),
    'promotion.sourceModelPackageGroupArn',
  ],
  ['a promotion with a key of another region', promote({ kmsKeyArn: key('eu-west-2') }), 'promotion.kmsKeyArn'],
  [
    'a promotion with a key of another partition', promote({ kmsKeyArn: key('eu-west-1', HERE.account, 'aws-cn') }),
    'promotion.kmsKeyArn',
  ],
  [
    'a promotion to the bucket\'s ARN', promote({ targetBucketName: 'arn:aws:s3:::models' }),
    'promotion.targetBucketName',
  ],
  [
    'a promotion of a group to itself',
    promote({ sourceModelPackageGroupArn: GROUP.replace('999999999999', HERE.account) }),
    'promotion.targetModelPackageGroupName',
  ],
  [
    'a promotion into the registry of a group', promote({ targetModelPackageGroupName: 'Churn-Main' }),
    'promotion.targetModelPackageGroupName',
  ],
  [
    'environments in more accounts than a role can name', project({ deploymentGroups: accounts(70) }),
    'deploymentGroups',
  ],
  ['pipelines in China', { name: 'churn', tooling: { region: 'cn-northwest-1' } }, 'tooling.region'],
  [
    'an environment in China',
    { name: 'churn', tooling: { region: 'cn-north-1' }, ...to({ name: 'a', region: 'cn-northwest-1' }) },
    `${at}.deployEnvironments[0].region`,
  ],
];

/** Options of the same kinds that are unusual and right, by option. */
export const PLACED_VALID: ReadonlyArray<readonly [string, object]> = [
  ['other accounts in the region of the app', {
    name: 'churn', tooling: { account: HERE.account }, ...to({ name: 'a', account: '222222222222' }),
  }],
  ['other regions of the account of the app', {
    name: 'churn', tooling: { region: 'eu-west-1' }, ...to({ name: 'a', region: 'us-east-1' }),
  }],
  ['a network elsewhere', project({ network, ...to({ name: 'a', account: '222222222222', network }) })],
  ['a network elsewhere alone', project(to({ name: 'a', account: '222222222222', network }))],
  ['the same place said twice', project({ network, ...to({ name: 'a', ...HERE }) })],
  ['a shared subnet', project({
    network, ...group({
      buildEnvironment: { account: '222222222222', network },
      deployEnvironments: [{ name: 'a', account: '222222222222', network }],
    }),
  })],
  ['a key of another account', project({ endpoint: { kmsKeyArn: key('eu-west-1') } })],
  ['a group for copies elsewhere', project(to({ name: 'a', region: 'us-east-1', existingModelPackageGroup: true }))],
  ['a key where the build is', project(group({
    buildEnvironment: { account: '222222222222', kmsKeyArn: key('eu-west-1', '222222222222') },
  }))],
  ['a key for each region', project({
    endpoint: { kmsKeyArn: key('eu-west-1') }, ...to({ name: 'a' }, {
      name: 'b', region: 'eu-west-2', endpoint: { kmsKeyArn: key('eu-west-2') },
    }),
  })],
  ['not parallel', project(to({ name: 'a', parallelWithPrevious: false }, {
    name: 'b', type: PROD, parallelWithPrevious: false,
  }))],
  ['25 environments', project(to(...many(25)))],
  ['eight at a time, twice', project(to(...[
    ...many(8, { parallelWithPrevious: true }),
    ...many(8, { parallelWithPrevious: true }).map(e => ({ ...e, name: `x${e.name}` })),
  ]))],
  ['nothing ignored', paths([])],
  ['ignored paths of all kinds', paths(['a', 'a/b.c', 'a/b/**', '**/README.md', '.github/**', '..a', 'ünï'])],
  ['a repository of its own', own({})],
  ['one repository said twice', project({
    source: { repository: 'mono', create: false }, infrastructure: { source: { repository: 'mono', create: false } },
  })],
  ['long ignored paths for CodeCommit', paths(longFolders.map(folder => `${folder}**`))],
  ['many short ignored paths for a trigger', project({
    source: { ...source, ignoredPaths: Array.from({ length: 60 }, (_, i) => `docs/file-${i}.md`) },
  })],
  ['many files for CodeCommit', project({ infrastructure: { files: longFolders } })],
  ['many files by hand', project({ source, infrastructure: { pipeline: false, files: longFolders } })],
  ['many short files for a trigger', project({
    source, infrastructure: { files: Array.from({ length: 60 }, (_, i) => `infra/file-${i}.ts`) },
  })],
  ['a connection of another region', project({
    source: { ...source, connectionArn: 'arn:aws:codestar-connections:us-east-1:222222222222:connection/0a' },
  })],
  ['nobody', project({ notifications: {} })],
  ['no addresses', project({ notifications: { emailAddresses: [] } })],
  ['a topic', topic(HERE.region, HERE.account)],
  ['a topic where the app is', {
    name: 'churn', notifications: { topicArn: 'arn:aws:sns:eu-west-1:111111111111:team' },
  }],
  ['a cache with credentials', project({
    ...cache('team.azurecr.io', 'eu-west-1:222222222222'), ...group({ buildEnvironment: { account: '222222222222' } }),
  })],
  ['caches without', project(cache('registry.k8s.io'))],
  ['a promotion', promote({})],
  ['a promotion within an account', promote({
    sourceModelPackageGroupArn: GROUP.replace('999999999999', HERE.account), targetModelPackageGroupName: 'other',
  })],
  ['more accounts than a role can name, by hand', project({
    deploymentGroups: accounts(70), infrastructure: { pipeline: false },
  })],
  ['a qualifier', project({ infrastructure: { bootstrapQualifier: 'team123456' } })],
];
