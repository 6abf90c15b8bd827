import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { infra } from '../../src';
import { type BatchOptions, BatchSplit, BatchStrategy, type BatchTransformOptions } from '../../src/options/batch';
import { EnvironmentType } from '../../src/options/deployment-group';
import { EndpointKind, type EndpointOptions, type EndpointOverrideOptions } from '../../src/options/endpoint';
import { BATCH_MATRIX } from '../../src/options/knowledge/batch-matrix';
import { refusals } from '../../src/options/knowledge/endpoint-matrix';
import type { EndpointShape } from '../../src/options/knowledge/endpoint-shape';
import { filled } from '../../src/options/schemas/filled';
import { checkDelivery } from '../../src/plan/check';
import { selection } from '../../testing/selection';

const { BATCH, REALTIME } = EndpointKind;
const BASE = { instanceType: 'ml.m5.large', instanceCount: 1 };
const URIS = { inputUri: 's3://data/new/', outputUri: 's3://data/scores' };

const FORMS = ['text/csv', 'application/json', 'application/jsonlines; charset=utf-8', 'image/png'];
const MORE: readonly BatchTransformOptions[] = [
  {}, { inputFilter: '$[1:]' }, { outputFilter: '$[0,-1]', maxPayloadMegabytes: 50, maxConcurrentRequests: 3 },
];
const orNone = <T>(values: readonly T[]): ReadonlyArray<T | undefined> => [undefined, ...values];

/** Every combination of forms, splits, strategies, filters, joins and sizes. */
const TRANSFORMS: BatchTransformOptions[] = orNone(FORMS).flatMap(contentType => orNone(FORMS).flatMap(accept =>
  orNone(Object.values(BatchSplit)).flatMap(split => orNone(Object.values(BatchStrategy)).flatMap(strategy =>
    orNone([true, false]).flatMap(joinInput => MORE.map(more => (
      { ...(contentType && { contentType }), ...(accept && { accept }), split, strategy, joinInput, ...more })))))));

const shapeOf = (batch: BatchOptions): EndpointShape => ({
  kind: BATCH, ...BASE, batch: filled('BatchOptions', { ...URIS, ...batch }),
});

function build(transform: BatchTransformOptions): { readonly [name: string]: any } {
  const stack = new Stack(new App(), 'Mine');
  new infra.BatchScoring(stack, 'Score', {
    modelPackageArn: 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/mine/1',
    executionRoleArn: 'arn:aws:iam::123456789012:role/mine', pipelineRoleArn: 'arn:aws:iam::123456789012:role/score',
    kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef',
    pipelineName: 'score', ...BASE, ...URIS, transform,
  });
  const [pipeline] = Object.values(Template.fromStack(stack).findResources('AWS::SageMaker::Pipeline'));
  const [before, , after] = pipeline.Properties.PipelineDefinition.PipelineDefinitionBody['Fn::Join'][1];
  return JSON.parse(`${before}model${after}`);
}

/** What the documents say of a transform job, read anew from the definition with its parameters filled in. */
function wrong(definition: { readonly [name: string]: any }): string[] {
  const defaults = Object.fromEntries(definition.Parameters.map((p: any) => [p.Name, p.DefaultValue]));
  const valueOf = (value: any) => (value?.Get ? defaults[value.Get.replace('Parameters.', '')] : value);
  const { TransformInput: input, TransformOutput: output, ...job } = definition.Steps[0].Arguments;
  const form = (value: any) => valueOf(value).split(';')[0];
  const [content, accept] = [form(input.ContentType), form(output.Accept)];
  const { InputFilter, OutputFilter, JoinSource } = job.DataProcessing ?? {};
  const joined = valueOf(JoinSource) === 'Input';
  const filtered = [InputFilter, OutputFilter].some(filter => (valueOf(filter) ?? '$') !== '$');
  const known = ['text/csv', 'application/json', 'application/jsonlines'];
  return [
    joined && content !== accept ? 'joined in two forms' : '',
    (joined || filtered) && !(known.includes(content) && known.includes(accept)) ? 'records that cannot be read' : '',
    (joined || filtered) && content === 'text/csv' && input.SplitType !== 'Line' ? 'CSV that is not split' : '',
    input.SplitType !== output.AssembleWith ? 'put together in another way' : '',
    job.MaxPayloadInMB * job.MaxConcurrentTransforms > 100 ? 'more than 100 MB' : '',
    content === 'application/json' && input.SplitType === 'Line' && job.BatchStrategy !== 'SingleRecord'
      ? 'several documents in a request' : '',
    job.DataProcessing && !known.includes(content) ? 'filters for what cannot be read' : '',
  ].filter(Boolean);
}

const possible = TRANSFORMS.filter(transform => refusals(shapeOf(transform)).length === 0);
const refused = TRANSFORMS.filter(transform => refusals(shapeOf(transform)).length > 0);

describe('forms, splits, strategies, filters and joins', () => {
  test('much is possible, and much is refused', () => {
    expect([possible.length > 100, refused.length > 100]).toEqual([true, true]);
  });
  test.each(selection('transforms that are possible', possible, 10))(
    'come to a job that SageMaker takes (%#)', transform => {
      expect([transform, wrong(build(transform))]).toEqual([transform, []]);
    });
  test.each(selection('transforms that are refused', refused, 5))('are refused with a reason (%#)', transform => {
    const [{ text }] = refusals(shapeOf(transform));
    expect(() => build(transform)).toThrow(text.slice(0, 40));
  });
});

const said = (endpoint: Partial<EndpointOptions>, own?: EndpointOverrideOptions) => checkDelivery({
  name: 'churn', tooling: { account: '111111111111', region: 'eu-west-1' },
  endpoint: { kind: BATCH, smokeTest: { body: '1' }, ...endpoint },
  deploymentGroups: [{
    name: 'main', deployEnvironments: [{ name: 'prod', type: EnvironmentType.PROD, endpoint: own }],
  }],
}).map(({ path, value, allowed }) => [path, value, allowed]);

const OWN = 'deploymentGroups[0].deployEnvironments[0].endpoint';
const ALL = 'endpoint';
const image = (more: BatchOptions): Partial<EndpointOptions> => ({ batch: { contentType: 'image/png', ...more } });
const batch = (options: BatchOptions): Partial<EndpointOptions> => ({ batch: options });
const { NONE } = BatchSplit;
const { MULTI_RECORD } = BatchStrategy;
const keyOf = (region: string) => `arn:aws:kms:${region}:111111111111:key/01234567-89ab-cdef-0123-456789abcdef`;

type Case = readonly [
  about: string, path: string, allowed: string, project: Partial<EndpointOptions>, own?: EndpointOverrideOptions,
];

const CASES: readonly Case[] = [
  ['batches of an endpoint', `${ALL}.batch`, 'nothing for', { kind: REALTIME, batch: {} }],
  ['batches of one environment\'s endpoint', `${OWN}.batch`, 'nothing for', {}, { kind: REALTIME, batch: {} }],
  ['a deployment', `${ALL}.deployment`, 'no endpoint whose traffic', { deployment: {} }],
  ['captured data', `${ALL}.dataCapturePercentage`, 'those at outputUri', { dataCapturePercentage: 5 }],
  ['scaling', `${ALL}.autoscaling`, 'for an execution alone', { autoscaling: { maxCapacity: 2 } }],
  ['a time zone that is none', `${ALL}.batch.timeZone`, 'IANA', batch({ timeZone: 'Europe/Berlinn' })],
  [
    'predictions among the data', `${ALL}.batch.outputUri`, 'does not begin with s3://data/b',
    batch({ inputUri: 's3://data/b', outputUri: 's3://data/b/c' }),
  ],
  [
    'predictions where the data is', `${ALL}.batch.outputUri`, 'does not begin with s3://data/b/',
    batch({ inputUri: 's3://data/b/', outputUri: 's3://data/b' }),
  ],
  ['a join of images', `${ALL}.batch.joinInput`, 'false for image/png', image({ joinInput: true })],
  ['a filter of images', `${ALL}.batch.inputFilter`, 'nothing for image/png', image({ inputFilter: '$[1]' })],
  ['a filter of their predictions', `${ALL}.batch.outputFilter`, 'nothing for', image({ outputFilter: '$[1]' })],
  [
    'a filter of predictions that cannot be read', `${ALL}.batch.accept`, 'predictions are filtered',
    batch({ joinInput: false, accept: 'image/png', outputFilter: '$[1]' }),
  ],
  ['a join of two forms', `${ALL}.batch.accept`, '"text/csv"', batch({ accept: 'application/json' })],
  ['CSV as a whole', `${ALL}.batch.split`, '"line" for CSV', batch({ split: NONE })],
  [
    'several documents in a request', `${ALL}.batch.strategy`, '"single-record"',
    batch({ contentType: 'application/json', strategy: MULTI_RECORD }),
  ],
  [
    'too much at a time', `${ALL}.batch.maxConcurrentRequests`, 'at most 3 requests of up to 30 MB',
    batch({ maxPayloadMegabytes: 30, maxConcurrentRequests: 4 }),
  ],
  ['an instance for endpoints', `${ALL}.instanceType`, 'scores data in batches', { instanceType: 'ml.c8g.large' }],
  ['one of an environment', `${OWN}.instanceType`, 'scores data in batches', {}, { instanceType: 'ml.t2.medium' }],
  [
    'the project\'s instance in an environment of this kind', `${ALL}.instanceType`, 'scores data in batches',
    { kind: REALTIME, instanceType: 'ml.t2.medium' }, { kind: BATCH },
  ],
  ['a dashboard', `${OWN}.dashboard`, 'has no endpoint to show', {}, { dashboard: true }],
  [
    'a key of another region', `${ALL}.batch.inputKeyArn`, 'a key in eu-west-1',
    batch({ inputKeyArn: keyOf('us-east-1') }),
  ],
  [
    'one of an environment\'s', `${OWN}.batch.inputKeyArn`, 'a key in eu-west-1', {},
    { batch: { inputKeyArn: keyOf('us-east-1') } },
  ],
];

test.each(CASES.map(one => [one[0], one] as const))('%s is refused, at the option', (_, one) => {
  const [, path, allowed, endpoint, own] = one;
  const problems = said(endpoint, own);
  expect(problems.map(([at]) => at)).toEqual([path]);
  expect(problems[0][2]).toContain(allowed);
});

test('every refusal of the table is among these, and each names a remedy and a source', () => {
  const met = CASES.map(([, path]) => path.replace(/^.*endpoint\./, ''));
  for (const { option, fix, source } of BATCH_MATRIX) {
    expect(met).toContain(option);
    expect([fix.length > 20, source.length > 20]).toEqual([true, true]);
  }
});

test.each<readonly [string, BatchOptions]>([
  ['without options', {}], ['on a schedule', { schedule: 'rate(1 day)', timeZone: 'Europe/Berlin' }],
  ['on arrival', { onArrival: true }], ['of others', { ...URIS, inputKeyArn: keyOf('eu-west-1') }],
  ['of a folder beside another one', { inputUri: 's3://data/b/', outputUri: 's3://data/bc' }],
])('batches %s are fine', (_, options) => {
  expect(said({ batch: options })).toEqual([]);
  expect(said({ kind: REALTIME }, { kind: BATCH, batch: options })).toEqual([]);
});

test('production has no deployment of its own where there is no endpoint', () => {
  expect(said({ instanceCount: 3 })).toEqual([]);
});
