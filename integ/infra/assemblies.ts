import * as path from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { infra } from '../../src';
import { DELIVERIES } from '../../test/infra/deliveries';
import { repository, temporary } from '../../test/infra/synth';

/** Synthesizes a delivery of the tests and gives the folder with its templates, which is made in the given one. */
export function synthesize(name: string, parent = temporary()): string {
  const outdir = path.join(parent, name);
  const app = new App({ outdir });
  infra.SageMakerCicd.fromConfig(app, 'Delivery', path.join(repository(DELIVERIES[name]), 'config', 'delivery.json'));
  app.synth();
  return outdir;
}
