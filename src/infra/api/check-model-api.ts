import * as fs from 'node:fs';
import { Token } from 'aws-cdk-lib/core';
import type { ModelApiProps } from './model-api-props';
import type { ApiOptions } from '../../options/api';
import { EndpointKind } from '../../options/endpoint';
import { checkAgainst } from '../../options/engine/check';
import type { JsonSchema } from '../../options/engine/json-schema';
import { OptionError, type OptionProblem, showValue } from '../../options/engine/option-error';
import { valueAt } from '../../options/engine/option-path';
import { inOrder, problem } from '../../options/engine/rule';
import { API_MATRIX } from '../../options/knowledge/api-matrix';
import { declared } from '../../options/schemas/declared';
import { ATTEMPT, OF_MODEL, text } from '../endpoint/model-schema';

const FILE = { 'minLength': 1, 'x-allowed': 'the path of a file of JSON' } as const;

const SCHEMA: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['apiName', 'endpointName', 'modelPackageArn', 'key'],
  properties: {
    // Names of functions have 64 characters, of which "-beforetraffic" takes 14.
    apiName: text('The name.', {
      'pattern': '^[a-z][a-z0-9-]{0,46}[a-z0-9]$',
      'x-allowed': '2 to 48 lower-case letters, digits and hyphens, the first a letter and the last no hyphen',
    }),
    endpointName: text('The endpoint.', {
      'pattern': '^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$',
      'x-allowed': '1 to 63 letters, digits and hyphens, the first and the last no hyphen',
    }),
    modelPackageArn: OF_MODEL.modelPackageArn,
    api: declared('ApiOptions'),
    schemaFile: text('The schema.', FILE),
    goldenFile: text('Golden rows.', FILE),
    goldenTolerance: { type: 'number', minimum: 0, maximum: 1, description: 'The tolerance.' },
    smokeTest: declared('SmokeTestOptions'),
    asynchronousUri: text('Where answers go.', {
      'pattern': '^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?$', 'x-allowed': 'an address s3://bucket/prefix',
    }),
    attempt: ATTEMPT,
  },
};

/** Options that go to the template alone, or to the handler by a variable; all others are part of files and names. */
const MAY_BE_LATER = /^api\.(authorization\.|domain\.|rest\.(webAclArn|privateVpcEndpointIds)|tracingLayerArn)/;

/** What an API of a delivery has, and one that is used alone has not. */
const OF_DELIVERIES = ['release', 'bakeSeconds'] as const;

/**
 * Checks the properties of an API; what is known only at the deployment cannot be checked yet.
 *
 * @throws OptionError with everything that is wrong
 */
export function checkModelApi(props: ModelApiProps): void {
  const { key, ...values } = props;
  const schema = { ...SCHEMA, required: ['apiName', 'endpointName', 'modelPackageArn'] };
  const later = Object.entries(values).filter(([, value]) => Token.isUnresolved(value)).map(([name]) => name);
  const problems = checkAgainst(schema, values, '').filter(({ path }) => (
    !later.includes(path.split('.')[0]) && !(MAY_BE_LATER.test(path) && Token.isUnresolved(valueAt(values, path)))));
  // The name becomes part of other names, the settings and the address part of files and policies.
  problems.push(...later.filter(name => ['apiName', 'schemaFile', 'goldenFile'].includes(name)).map(name => problem(
    name, 'known at the deployment', 'a value that is known when the template is made', 'Give it as a plain text.',
  )));
  if (typeof Object(key).addToResourcePolicy !== 'function') {
    problems.push(problem('key', showValue(key), 'a KMS key', 'Give a kms.Key, or kms.Key.fromKeyArn(...).'));
  }
  if (problems.length === 0) { problems.push(...together(props)); }
  if (problems.length > 0) { throw new OptionError(inOrder(SCHEMA, problems)); }
}

function together({ api = {}, asynchronousUri, schemaFile, goldenFile }: ModelApiProps): OptionProblem[] {
  const kind = asynchronousUri === undefined ? EndpointKind.REALTIME : EndpointKind.ASYNCHRONOUS;
  const shape = { kind, instanceType: 'none', instanceCount: 1, api };
  return [
    ...OF_DELIVERIES.filter(name => (api as ApiOptions)[name] !== undefined).map(name => problem(
      `api.${name}`, api[name], 'nothing where the API is used alone',
      'Omit it: CloudFormation keeps no version before; a delivery does.',
    )),
    ...API_MATRIX.filter(({ refuses }) => refuses(shape)).map(({ option, allowed, fix }) => problem(
      option, valueAt(shape, option), allowed(shape), fix,
    )),
    ...Object.entries({ schemaFile, goldenFile }).filter(([, file]) => file !== undefined && !isJson(file)).map(
      ([name, file]) => problem(
        name, file, 'the path of a file of JSON', 'Take it from the model\'s artifact or from its evaluation.',
      )),
  ];
}

function isJson(file: string): boolean {
  try {
    const content: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
    return typeof content === 'object' && content !== null && !Array.isArray(content);
  } catch {
    return false;
  }
}
