import { Token } from 'aws-cdk-lib/core';
import type { EndpointDeploymentOptions } from '../../options/deployment';
import { EndpointKind } from '../../options/endpoint';
import { checkAgainst } from '../../options/engine/check';
import type { JsonSchema } from '../../options/engine/json-schema';
import { OptionError } from '../../options/engine/option-error';
import { inOrder, problem } from '../../options/engine/rule';
import { endpointProblems } from '../../options/rules/endpoint-rules';
import { instanceProblems } from '../../options/rules/instance-rules';
import { declared, declaredOption } from '../../options/schemas/declared';
import { NO_PACKAGE } from '../shared/sentinel';

const text = (description: string, limits: JsonSchema): JsonSchema => ({ type: 'string', description, ...limits });

const ARN = '^arn:aws[a-z-]*:';

/** What an endpoint takes (SageMaker API reference, CreateModel, CreateEndpointConfig, CreateEndpoint). */
const SCHEMA: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['modelPackageArn', 'executionRoleArn', 'endpointName', 'instanceType', 'instanceCount', 'kmsKeyArn'],
  properties: {
    modelPackageArn: text('The package.', {
      'pattern': `^${NO_PACKAGE}$|${ARN}sagemaker:[a-z0-9-]+:\\d{12}:model-package/\\S+$`,
      'x-allowed': `the ARN of a model package, or "${NO_PACKAGE}"`,
    }),
    inferenceSpecificationName: text('The specification.', {
      'pattern': '^[a-zA-Z0-9]([-a-zA-Z0-9]{0,62})$', 'x-allowed': '1 to 63 letters, digits and hyphens',
    }),
    executionRoleArn: text('The role.', {
      'pattern': `${ARN}iam::\\d{12}:role/\\S+$`, 'x-allowed': 'the ARN of a role',
    }),
    endpointName: text('The name.', {
      'pattern': '^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$',
      'x-allowed': '1 to 63 letters, digits and hyphens, the first and the last no hyphen',
    }),
    instanceType: declared('InstanceType'),
    instanceCount: declaredOption('EndpointOptions', 'instanceCount'),
    kmsKeyArn: text('The key.', {
      'pattern': `${ARN}kms:[a-z0-9-]+:\\d{12}:(key|alias)/\\S+$`, 'x-allowed': 'the ARN of a KMS key or of an alias',
    }),
    dataCapturePercentage: declaredOption('EndpointOptions', 'dataCapturePercentage'),
    dataCaptureUri: text('Where captured data goes.', {
      'pattern': '^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?$', 'x-allowed': 'an address s3://bucket/prefix',
    }),
    attempt: { type: 'integer', minimum: 1, description: 'Number of the attempt.', default: 1 },
    network: declared('NetworkOptions'),
    deployment: declared('EndpointDeploymentOptions'),
  },
};

/**
 * Checks the properties of an endpoint; what is known only at the deployment cannot be checked yet.
 *
 * @throws OptionError with everything that is wrong
 */
export function checkEndpoint(props: object): void {
  const values = { ...props } as { readonly [name: string]: unknown };
  const later = Object.keys(values).filter(name => Token.isUnresolved(values[name]));
  const problems = checkAgainst(SCHEMA, values, '').filter(p => !later.includes(p.path.split('.')[0]));
  const { instanceType, dataCapturePercentage: share = 0, dataCaptureUri: uri } = values;
  if (typeof instanceType === 'string' && ![...problems.map(p => p.path), ...later].includes('instanceType')) {
    problems.push(...instanceProblems('instanceType', instanceType, 'endpoint'));
  }
  if (share !== 0 && uri === undefined) {
    problems.push(problem(
      'dataCaptureUri', uri, 'an address where requests and answers are captured to',
      'Add s3://bucket/prefix, or set dataCapturePercentage to 0.',
    ));
  }
  const { instanceCount, deployment } = values;
  if (deployment !== undefined && (later.includes('instanceCount') || later.includes('instanceType'))) {
    problems.push(problem(
      'deployment', deployment, 'nothing where number or type of the instances is known only at the deployment',
      'Give both as plain values: sizes and times of the deployment depend on them.',
    ));
  }
  if (problems.length === 0 && typeof instanceType === 'string' && typeof instanceCount === 'number') {
    problems.push(...endpointProblems({
      kind: EndpointKind.REALTIME, instanceType, instanceCount, deployment: deployment as EndpointDeploymentOptions,
    }));
  }
  if (problems.length > 0) { throw new OptionError(inOrder(SCHEMA, problems)); }
}
