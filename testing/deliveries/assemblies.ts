import * as fs from 'node:fs';
import * as path from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App } from 'aws-cdk-lib/core';
import { DELIVERIES } from './deliveries';
import { repository, temporary } from './synth';
import { infra } from '../../src';

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

function synthesizeInto(
  outdir: string, name: string, extend: (cicd: infra.SageMakerCicd) => void = () => undefined,
): string {
  const app = new App({ outdir });
  extend(
    infra.SageMakerCicd.fromConfig(app, 'Delivery', path.join(repository(DELIVERIES[name]), 'config', 'delivery.json')),
  );
  app.synth();
  return outdir;
}
