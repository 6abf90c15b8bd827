import { Token } from 'aws-cdk-lib/core';
import { ATTEMPT, KEY, OF_MODEL, text } from './model-schema';
import { EndpointKind } from '../../options/endpoint';
import { checkAgainst } from '../../options/engine/check';
import type { JsonSchema } from '../../options/engine/json-schema';
import { OptionError, type OptionProblem } from '../../options/engine/option-error';
import { inOrder, problem } from '../../options/engine/rule';
import { endpointProblems } from '../../options/rules/endpoint-rules';
import { instanceProblems } from '../../options/rules/instance-rules';
import { declared, declaredOption } from '../../options/schemas/declared';

/** What every kind takes (SageMaker API reference, CreateEndpointConfig, CreateEndpoint). */
const SHARED: { readonly [name: string]: JsonSchema } = {
  ...OF_MODEL,
  endpointName: text('The name.', {
    'pattern': '^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$',
    'x-allowed': '1 to 63 letters, digits and hyphens, the first and the last no hyphen',
  }),
  attempt: ATTEMPT,
  autoscaling: declared('AutoscalingOptions'),
};

const address = (description: string): JsonSchema => text(description, {
  'pattern': '^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?$', 'x-allowed': 'an address s3://bucket/prefix',
});

const ON_INSTANCES: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['modelPackageArn', 'executionRoleArn', 'endpointName', 'instanceType', 'instanceCount', 'kmsKeyArn'],
  properties: {
    ...SHARED,
    instanceType: declared('InstanceType'),
    instanceCount: declaredOption('EndpointOptions', 'instanceCount'),
    kmsKeyArn: KEY,
    dataCapturePercentage: declaredOption('EndpointOptions', 'dataCapturePercentage'),
    dataCaptureUri: address('Where captured data goes.'),
    network: declared('NetworkOptions'),
    deployment: declared('EndpointDeploymentOptions'),
    asynchronous: declared('AsynchronousOptions'),
    asynchronousUri: address('Where answers go.'),
  },
};

const WITHOUT_INSTANCES: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['modelPackageArn', 'executionRoleArn', 'endpointName'],
  properties: { ...SHARED, serverless: declared('ServerlessOptions') },
};

interface Values { readonly [name: string]: unknown }

/** Names of what is known only at the deployment. */
const unknown = (values: Values) => Object.keys(values).filter(name => Token.isUnresolved(values[name]));

function problemsOf(schema: JsonSchema, values: Values): OptionProblem[] {
  return checkAgainst(schema, values, '').filter(p => !unknown(values).includes(p.path.split('.')[0]));
}

/**
 * Checks the properties of a serverless endpoint.
 *
 * @throws OptionError with everything that is wrong
 */
export function checkServerlessEndpoint(props: object): void {
  const values = { ...props } as Values;
  const problems = problemsOf(WITHOUT_INSTANCES, values);
  if (problems.length === 0) {
    problems.push(...endpointProblems({
      ...values, kind: EndpointKind.SERVERLESS, instanceType: 'none', instanceCount: 0,
    }));
  }
  if (problems.length > 0) { throw new OptionError(inOrder(WITHOUT_INSTANCES, problems)); }
}

/**
 * Checks the properties of an endpoint; what is known only at the deployment cannot be checked yet.
 *
 * @throws OptionError with everything that is wrong
 */
export function checkEndpoint(props: object): void {
  const values = { ...props } as Values;
  const later = unknown(values);
  const problems = problemsOf(ON_INSTANCES, values);
  const {
    instanceType, instanceCount, deployment, autoscaling, dataCapturePercentage: share = 0, dataCaptureUri,
    asynchronous, asynchronousUri,
  } = values;
  if (typeof instanceType === 'string' && ![...problems.map(p => p.path), ...later].includes('instanceType')) {
    problems.push(...instanceProblems('instanceType', instanceType, 'endpoint'));
  }
  if (share !== 0 && dataCaptureUri === undefined) {
    problems.push(problem(
      'dataCaptureUri', dataCaptureUri, 'an address where requests and answers are captured to',
      'Add s3://bucket/prefix, or set dataCapturePercentage to 0.',
    ));
  }
  if (asynchronous !== undefined && asynchronousUri === undefined) {
    problems.push(problem(
      'asynchronousUri', asynchronousUri, 'an address where an asynchronous endpoint writes its answers to',
      'Add s3://bucket/prefix, or omit asynchronous.',
    ));
  }
  for (const [name, value] of Object.entries({ deployment, autoscaling })) {
    if (value !== undefined && (later.includes('instanceCount') || later.includes('instanceType'))) {
      problems.push(problem(
        name, value, 'nothing where number or type of the instances is known only at the deployment',
        'Give both as plain values: sizes, times and limits depend on them.',
      ));
    }
  }
  if (problems.length === 0 && typeof instanceType === 'string' && typeof instanceCount === 'number') {
    const kind = asynchronous === undefined ? EndpointKind.REALTIME : EndpointKind.ASYNCHRONOUS;
    problems.push(...endpointProblems({
      ...values, kind, instanceType, instanceCount,
      dataCapturePercentage: typeof share === 'number' ? share : 0,
    }));
  }
  if (problems.length > 0) { throw new OptionError(inOrder(ON_INSTANCES, problems)); }
}
