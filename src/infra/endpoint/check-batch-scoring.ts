import { Token } from 'aws-cdk-lib/core';
import { ARN, ATTEMPT, KEY, OF_MODEL, ROLE, text } from './model-schema';
import type { BatchOptions, BatchTransformOptions } from '../../options/batch';
import { EndpointKind } from '../../options/endpoint';
import { checkAgainst } from '../../options/engine/check';
import type { JsonSchema } from '../../options/engine/json-schema';
import { OptionError, type OptionProblem } from '../../options/engine/option-error';
import { inOrder, problem } from '../../options/engine/rule';
import { endpointProblems } from '../../options/rules/endpoint-rules';
import { instanceProblems } from '../../options/rules/instance-rules';
import { declared, declaredOption } from '../../options/schemas/declared';
import { filled } from '../../options/schemas/filled';
import { NAME_RULES } from '../../plan/names/name-rules';

/** An address that is known when the template is made: it becomes parts of the pipeline. */
const place = (option: 'inputUri' | 'outputUri'): JsonSchema => declaredOption('BatchOptions', option);

/** What a score pipeline takes (SageMaker API reference, CreateModel, CreatePipeline and CreateTransformJob). */
const SCHEMA: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: [
    'modelPackageArn', 'executionRoleArn', 'pipelineName', 'pipelineRoleArn', 'instanceType', 'instanceCount',
    'kmsKeyArn', 'inputUri', 'outputUri',
  ],
  properties: {
    ...OF_MODEL,
    pipelineName: text('The name.', {
      'pattern': NAME_RULES.sagemakerPipeline.pattern.source,
      'x-allowed': '1 to 256 letters, digits and hyphens, the first and the last no hyphen',
    }),
    pipelineRoleArn: ROLE,
    instanceType: declared('InstanceType'),
    instanceCount: declaredOption('EndpointOptions', 'instanceCount'),
    kmsKeyArn: KEY,
    inputUri: place('inputUri'),
    outputUri: place('outputUri'),
    transform: declared('BatchTransformOptions'),
    schedule: {
      type: 'object',
      additionalProperties: false,
      required: ['expression', 'roleArn'],
      properties: {
        expression: declaredOption('BatchOptions', 'schedule'),
        timeZone: declaredOption('BatchOptions', 'timeZone'),
        roleArn: ROLE,
        name: text('The name.', {
          'pattern': NAME_RULES.schedule.pattern.source, 'x-allowed': '1 to 64 letters, digits, ".", "_" and "-"',
        }),
      },
    },
    arrival: {
      type: 'object',
      additionalProperties: false,
      required: ['roleArn'],
      properties: {
        roleArn: ROLE,
        ruleName: text('The name.', {
          'pattern': NAME_RULES.rule.pattern.source, 'x-allowed': '1 to 64 letters, digits, ".", "_" and "-"',
        }),
      },
    },
    deadLetterQueueArn: text('The queue.', {
      'pattern': `${ARN}sqs:[a-z0-9-]+:\\d{12}:\\S+$`, 'x-allowed': 'the ARN of a queue',
    }),
    attempt: ATTEMPT,
    network: declared('NetworkOptions'),
  },
};

/** What decides about the template's form, so that the deployment is too late for it. */
const PLAIN = ['pipelineName', 'instanceType', 'transform'];

/**
 * Checks the properties of a score pipeline; what is known only at the deployment cannot be checked yet.
 *
 * @throws OptionError with everything that is wrong
 */
export function checkBatchScoring(props: object): void {
  const values = { ...props } as { readonly [name: string]: unknown };
  const later = unresolved(values);
  const problems = checkAgainst(SCHEMA, values, '').filter(({ path }) =>
    !later.some(name => path === name && !PLAIN.includes(name)));
  const { inputUri } = values;
  if (typeof inputUri === 'string' && later.includes('inputUri') && !/^s3:\/\/[^/]+\/./.test(inputUri)) {
    problems.push(problem(
      'inputUri', inputUri, 'an address s3://bucket/prefix of which the deployment decides about the bucket alone',
      'Put it together here: bucket and prefix become parameters of the pipeline.',
    ));
  }
  const isWrong = (name: string) => problems.some(({ path }) => path.split('.')[0] === name);
  const { instanceType, transform } = values;
  if (typeof instanceType === 'string' && !isWrong('instanceType')) {
    problems.push(...instanceProblems('instanceType', instanceType, 'transform'));
  }
  if (!isWrong('transform') && !isWrong('schedule') && !isWrong('inputUri') && !isWrong('outputUri')) {
    problems.push(...together(values, transform as BatchTransformOptions | undefined));
  }
  if (problems.length > 0) { throw new OptionError(inOrder(SCHEMA, problems)); }
}

/** Paths of what only the deployment knows. */
function unresolved(values: { readonly [name: string]: unknown }, prefix = ''): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const path = `${prefix}${name}`;
    if (Token.isUnresolved(value)) { return [path]; }
    return typeof value === 'object' && value !== null
      ? unresolved(value as { readonly [name: string]: unknown }, `${path}.`)
      : [];
  });
}

/** What must hold between the properties, told by their names here. */
function together(
  values: { readonly [name: string]: unknown }, transform: BatchTransformOptions | undefined,
): OptionProblem[] {
  const { inputUri, outputUri, schedule } = values as {
    readonly inputUri?: string; readonly outputUri?: string; readonly schedule?: { readonly timeZone?: string };
  };
  const options: BatchOptions = { ...transform, inputUri, outputUri, timeZone: schedule?.timeZone };
  const names: { readonly [option: string]: string } = { outputUri: 'outputUri', timeZone: 'schedule.timeZone' };
  const { instanceType, instanceCount } = values as { readonly instanceType: string; readonly instanceCount: number };
  return endpointProblems({
    kind: EndpointKind.BATCH, instanceType, instanceCount, batch: filled('BatchOptions', options),
  }).map(told => {
    const option = told.path.replace(/^batch\./, '');
    return { ...told, path: names[option] ?? `transform.${option}` };
  });
}
