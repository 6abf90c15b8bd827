import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { bootstrapGuide } from '../../src/accounts/bootstrap-guide';
import type { DeliveryOptions } from '../../src/options/delivery';
import { SourceType } from '../../src/options/source';
import { normaliseDelivery } from '../../src/plan/normalise';
import { planDelivery } from '../../src/plan/plan';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, type Json, stacksOf } from '../../testing/deliveries/synth';
import { selection } from '../../testing/selection';

afterAll(cleanUp);

const tools = process.env.TOOLS_VENV;
if (!tools) { throw new Error('TOOLS_VENV must name a Python environment made from integ/requirements/tools.txt.'); }

/** A resource that its stack leaves behind. */
interface Retained {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly policy: string;
  /** Whether account and region are known. */
  readonly isPlaced: boolean;
  readonly properties: Json;
}

/** Folder of the schemas of CloudFormation's registry, as cfn-lint carries them. */
const schemas = path.join(execFileSync(path.join(tools, 'bin', 'python'), [
  '-c', 'import cfnlint, pathlib; print(pathlib.Path(cfnlint.__file__).parent / "data" / "schemas")',
], { encoding: 'utf8' }).trim());
const provider = JSON.parse(fs.readFileSync(path.join(schemas, 'providers', 'us-east-1.json'), 'utf8')) as Json;

function schemaOf(type: string): { primaryIdentifier: string[]; readOnlyProperties?: string[] } {
  return JSON.parse(fs.readFileSync(path.join(schemas, 'resources', `${provider[type]}.json`), 'utf8')) as Json;
}

/** Properties that identify a resource, when a template can give all of them; else CloudFormation cannot find it. */
function identifiers(type: string): string[] | undefined {
  const { primaryIdentifier, readOnlyProperties = [] } = schemaOf(type);
  return primaryIdentifier.some(property => readOnlyProperties.includes(property))
    ? undefined
    : primaryIdentifier.map(property => property.replace('/properties/', ''));
}

const known = new Map<DeliveryOptions, Retained[]>();

function retained(delivery: DeliveryOptions): Retained[] {
  const found = known.get(delivery) ?? retainedBy(delivery);
  known.set(delivery, found);
  return found;
}

function retainedBy(delivery: DeliveryOptions): Retained[] {
  return Object.entries(stacksOf(delivery).stacks).flatMap(([stack, made]) =>
    Object.entries(Template.fromStack(made).toJSON().Resources as { [id: string]: Json })
      .filter(([, { DeletionPolicy }]) => String(DeletionPolicy).startsWith('Retain'))
      .map(([id, { Type, DeletionPolicy, Properties }]) => ({
        stack, id, type: Type as string, policy: DeletionPolicy as string, properties: Properties,
        isPlaced: !/AWS::|\$\{Token/.test(`${made.account} ${made.region}`),
      })));
}

/** The name that a template gives a resource: the property of it that ends so and is no reference to another one. */
function nameOf({ type, properties }: Retained): unknown {
  const word = type.split('::')[2];
  return Object.entries(properties as { [name: string]: unknown })
    .find(([property]) => property === `${word}Name`)?.[1];
}

/** How a resource comes back that its stack has left behind, when the stack is made again. */
function comesBack(resource: Retained): 'has no fixed name' | 'is imported' | 'is referred to' | 'is removed' | 'no' {
  const name = nameOf(resource);
  // A deployment into a stack that is made again has a release of its own (`tools/deploy/release_name.py`).
  if (name === undefined || JSON.stringify(name).includes('{"Ref":"Release"}')) { return 'has no fixed name'; }
  const identified = identifiers(resource.type);
  if (identified?.every(property => typeof resource.properties[property] === 'string')) { return 'is imported'; }
  if (REFERRED[resource.type]) { return 'is referred to'; }
  return REMOVED.includes(resource.type) ? 'is removed' : 'no';
}

/** What CloudFormation cannot import is left out of the stack by an option. */
const REFERRED: { readonly [type: string]: (delivery: DeliveryOptions) => DeliveryOptions } = {
  'AWS::SageMaker::ModelPackageGroup': delivery => ({
    ...delivery,
    promotion: delivery.promotion && { ...delivery.promotion, existingModelPackageGroup: true },
    deploymentGroups: (delivery.deploymentGroups ?? [{ name: 'main' }]).map(group => ({
      ...group,
      buildEnvironment: { ...group.buildEnvironment, existingModelPackageGroup: true },
      deployEnvironments: group.deployEnvironments?.map(environment => {
        const region = group.buildEnvironment?.region ?? delivery.tooling?.region;
        return (environment.region ?? region) === region ? environment : {
          ...environment, existingModelPackageGroup: true,
        };
      }),
    })),
  }),
  'AWS::CodeCommit::Repository': delivery => ({
    ...delivery,
    source: { ...delivery.source, create: false },
    infrastructure: {
      ...delivery.infrastructure,
      ...(delivery.infrastructure?.source ? { source: { ...delivery.infrastructure.source, create: false } } : {}),
    },
  }),
};

/** What the guide's commands remove after its stack. */
const REMOVED = ['AWS::SageMaker::Endpoint'];

const PROMOTION: DeliveryOptions = {
  ...DELIVERIES.twoRegions,
  promotion: {
    sourceModelPackageGroupArn: 'arn:aws:sagemaker:eu-west-1:999999999999:model-package-group/foreign',
    targetBucketName: 'target',
  },
};

const ALL: { readonly [name: string]: DeliveryOptions } = { ...DELIVERIES, promotion: PROMOTION };

/** The templates that all of these tests read; the plays below have most of the deliveries too. */
const LOOKED_AT = selection('deliveries that leave something behind', Object.keys(ALL), 4);

test.each(LOOKED_AT)('whatever a stack leaves behind comes back: %s', name => {
  const left = retained(ALL[name]);
  expect(left.length).toBeGreaterThan(5);
  const lost = left.filter(resource => comesBack(resource) === 'no');
  // A name with an account in it that nobody has said is made by a function, which CloudFormation does not compare.
  expect(lost.filter(resource => resource.isPlaced || resource.type !== 'AWS::S3::Bucket')).toEqual([]);
  const imported = left.filter(resource => comesBack(resource) === 'is imported');
  expect(new Set(imported.map(resource => resource.policy))).toEqual(new Set(['RetainExceptOnCreate']));
});

test.each(LOOKED_AT)('what cannot be imported is left out by its option: %s', name => {
  const types = new Set(retained(ALL[name]).filter(r => comesBack(r) === 'is referred to').map(r => r.type));
  for (const type of types) {
    expect(retained(REFERRED[type](ALL[name])).filter(resource => resource.type === type)).toEqual([]);
  }
});

test('endpoints are removed by the guide', () => {
  const plan = planDelivery(normaliseDelivery(DELIVERIES.default));
  const guide = bootstrapGuide(plan, { deployCommand: 'deploy', preflightCommand: 'preflight' });
  expect(guide.text).toContain('aws sagemaker delete-endpoint --endpoint-name');
});

const { sevenAccounts, twoRegions, gitLab, sharedAccounts } = DELIVERIES;
const groups = (delivery: DeliveryOptions) => delivery.deploymentGroups ?? [];

/** What is left of an endpoint; its model and configuration get new names each time. */
const ENDPOINT = { Endpoint: 'is removed', EndpointConfig: 'has no fixed name', Model: 'has no fixed name' };

/** An option on and off, and the types of what it leaves behind when it goes, if its stack stays or is deleted. */
const PLAYS: { readonly [option: string]: readonly [DeliveryOptions, DeliveryOptions, { [left: string]: string }] } = {
  'upgrade.schedule': [gitLab, { ...gitLab, upgrade: { schedule: 'never' } }, {}],
  'infrastructure.pipeline': [
    sevenAccounts, {
      ...sevenAccounts,
      infrastructure: { ...sevenAccounts.infrastructure, pipeline: false },
      approvers: { ...sevenAccounts.approvers, infrastructure: undefined },
    },
    { Bucket: 'is imported', Key: 'has no fixed name', LogGroup: 'is imported' },
  ],
  'source.type': [
    { ...gitLab, source: { type: SourceType.CODECOMMIT } }, gitLab, { Repository: 'is referred to' },
  ],
  'containerRepositories': [
    sharedAccounts, { ...sharedAccounts, containerRepositories: [] }, { Repository: 'is imported' },
  ],
  'promotion': [PROMOTION, twoRegions, {
    Bucket: 'is imported', Key: 'has no fixed name', ModelPackageGroup: 'is referred to', LogGroup: 'is imported',
  }],
  'an environment': [
    sevenAccounts, without(sevenAccounts, 'acceptance'),
    { Bucket: 'is imported', Key: 'has no fixed name', ...ENDPOINT, LogGroup: 'is imported' },
  ],
  'an environment in another region': [twoRegions, without(twoRegions, 'us', 'us-too'), {
    Bucket: 'is imported', Key: 'has no fixed name', ...ENDPOINT, ModelPackageGroup: 'is referred to',
    LogGroup: 'is imported',
  }],
  'a deployment group': [
    sevenAccounts, { ...sevenAccounts, deploymentGroups: groups(sevenAccounts).slice(1) }, {
      Bucket: 'is imported', Key: 'has no fixed name', ...ENDPOINT, ModelPackageGroup: 'is referred to',
      LogGroup: 'is imported',
    },
  ],
};

function without(delivery: DeliveryOptions, ...names: string[]): DeliveryOptions {
  return {
    ...delivery,
    deploymentGroups: groups(delivery).map(group => ({
      ...group, deployEnvironments: group.deployEnvironments?.filter(({ name }) => !names.includes(name)),
    })),
  };
}

test.each(Object.keys(PLAYS))('off and on again: %s', option => {
  const [on, off, expected] = PLAYS[option];
  const stays = new Set(retained(off).map(({ stack, id }) => `${stack}/${id}`));
  const left = retained(on).filter(({ stack, id }) => !stays.has(`${stack}/${id}`));
  // Buckets for access logs have no fixed names.
  const named = left.filter(r => r.type !== 'AWS::S3::Bucket' || nameOf(r) !== undefined);
  expect(Object.fromEntries(named.map(r => [r.type.split('::')[2], comesBack(r)]))).toEqual(expected);
});
