import * as fs from 'node:fs';
import * as path from 'node:path';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import { App, Stack } from 'aws-cdk-lib/core';
import { DELIVERIES } from './deliveries';
import { repository, temporary } from './synth';
import { BY_WORKFLOWS } from './workflows';
import { infra } from '../../src';
import { ApiType } from '../../src/options/api';
import { ApiAuthorization } from '../../src/options/api-authorization';
import { ApiShiftStrategy } from '../../src/options/api-shift';

/** Synthesizes a delivery of the tests and gives the folder with its templates, which is made in the given one. */
export function synthesize(name: string, parent = temporary()): string {
  return synthesizeInto(path.join(parent, name), name);
}

/**
 * The same with a function beside one environment's endpoint, as a user's own CDK app adds it; in a folder of its own.
 */
export function synthesizeWithFunction(name: string, environment: string, parent: string): string {
  const code = temporary();
  fs.writeFileSync(path.join(code, 'index.py'), 'def handler(event, context): return 1\n');
  return synthesizeInto(path.join(parent, `${name}-with-function`), name, cicd => {
    new lambda.Function(cicd.endpointStack(environment), 'Extra', {
      runtime: lambda.Runtime.PYTHON_3_12, handler: 'index.handler', code: lambda.Code.fromAsset(code),
    });
  });
}

/** An audit trail in an app of its own, with everything that it takes; in a folder of its own. */
export function synthesizeAuditTrail(parent: string): string {
  const app = new App({ outdir: path.join(parent, 'auditTrail') });
  const stack = new Stack(app, 'Audit', { env: { account: '123456789012', region: 'eu-west-1' } });
  const masterKey = new kms.Key(stack, 'TopicKey', { enableKeyRotation: true });
  new infra.AuditTrail(stack, 'Trail', {
    trailName: 'models', topic: new sns.Topic(stack, 'Topic', { enforceSSL: true, masterKey }),
    loggedBucketArns: ['arn:aws:s3:::evidence'], endpointInvocations: true, approverRoleNames: ['approver'],
    otherTrails: [{ trailName: 'models', account: '210987654321' }],
  });
  app.synth();
  return app.outdir;
}

/** APIs in front of endpoints in an app of their own, with as much as they take; in a folder of its own. */
export function synthesizeModelApis(parent: string): string {
  const app = new App({ outdir: path.join(parent, 'modelApis') });
  const stack = new Stack(app, 'Apis', { env: { account: '123456789012', region: 'eu-west-1' } });
  const key = new kms.Key(stack, 'Key', { enableKeyRotation: true });
  const shared = { key, modelPackageArn: 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/mine/1' };
  const domain = {
    name: 'mine.example.org', hostedZoneId: 'Z0123456789ABCDEFGHIJ',
    certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef',
  };
  new infra.ModelApi(stack, 'Http', {
    ...shared, apiName: 'mine-http', endpointName: 'mine', smokeTest: { body: '1,2' }, api: {
      domain, predictionLog: {}, cors: { allowOrigins: ['https://app.example.org'] },
      authorization: { type: ApiAuthorization.JWT, issuer: 'https://login.example.org', audience: ['mine'] },
      shift: { strategy: ApiShiftStrategy.CANARY },
    },
  });
  new infra.ModelApi(stack, 'Rest', {
    ...shared, apiName: 'mine-rest', endpointName: 'mine', asynchronousUri: 's3://requests/mine', api: {
      type: ApiType.REST, rest: { usagePlans: [{ name: 'billing' }] }, reservedConcurrency: 5, cors: { allowOrigins: ['*'] },
    },
  });
  app.synth();
  return app.outdir;
}

function synthesizeInto(
  outdir: string, name: string, extend: (cicd: infra.SageMakerCicd) => void = () => undefined,
): string {
  const app = new App({ outdir });
  extend(
    infra.SageMakerCicd.fromConfig(app, 'Delivery', path.join(repository({ ...DELIVERIES, ...BY_WORKFLOWS }[name]), 'config', 'delivery.json')),
  );
  app.synth();
  return outdir;
}
