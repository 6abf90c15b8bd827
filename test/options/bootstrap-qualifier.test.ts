import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, DefaultStackSynthesizer, Stack } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import { CDK_QUALIFIER, defaultQualifier, toolkitStackName } from '../../src/options/knowledge/bootstrap-qualifier';
import { normaliseDelivery } from '../../src/plan/normalise';
import { DELIVERIES } from '../../testing/deliveries/deliveries';

/** What the CDK's own template takes. */
const TEMPLATE = path.resolve(__dirname, '../../node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml');
const [, pattern] = /AllowedPattern: "(.*?)"/.exec(
  fs.readFileSync(TEMPLATE, 'utf-8').split('  Qualifier:')[1],
)!;

test('every name has a qualifier that the bootstrap takes and that fits into the name of a bucket', () => {
  fc.assert(fc.property(fc.string({ minLength: 1, maxLength: 80, unit: 'binary' }), name => {
    const qualifier = defaultQualifier(name);
    expect(qualifier).toMatch(new RegExp(`^${pattern}$`));
    expect(qualifier).toMatch(/^[a-z0-9]+$/);
    expect(defaultQualifier(name)).toBe(qualifier);
  }), { seed: 7, numRuns: 2000 });
});

test.each([
  ['churn', 'churn'], ['churn2', 'churn2'], ['elevenchars', 'elev'], ['team-a', 'team'], ['Churn', 'chur'],
  ['@team/churn', 'team'], ['--', ''], [CDK_QUALIFIER, 'hnb6'],
])('the qualifier of %p begins with %p', (name, start) => {
  const qualifier = defaultQualifier(name);
  expect(qualifier.startsWith(start)).toBe(true);
  if (qualifier !== name) { expect(qualifier.slice(start.length)).toMatch(/^[0-9a-f]{6}$/); }
});

test('projects with names that begin alike have bootstraps of their own', () => {
  const names = ['customer-churn', 'customer-value', 'Customer-churn', 'customer.churn', 'customerch', 'cust'];
  expect(new Set(names.map(defaultQualifier)).size).toBe(names.length);
});

test('none is the one that other applications share, unless it is asked for', () => {
  expect(CDK_QUALIFIER).toBe(DefaultStackSynthesizer.DEFAULT_QUALIFIER);
  expect(new Stack(new App(), 'S').synthesizer.bootstrapQualifier).toBe(CDK_QUALIFIER);
  expect(defaultQualifier(CDK_QUALIFIER)).not.toBe(CDK_QUALIFIER);
  const of = (bootstrapQualifier?: string) => normaliseDelivery({
    ...DELIVERIES.default, infrastructure: { bootstrapQualifier },
  }).infrastructure.bootstrapQualifier;
  expect([of(), of(CDK_QUALIFIER), of('mlteam')]).toEqual(['churn', CDK_QUALIFIER, 'mlteam']);
  expect([CDK_QUALIFIER, 'churn'].map(toolkitStackName)).toEqual(['CDKToolkit', 'CDKToolkit-churn']);
});
