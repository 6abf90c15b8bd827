import * as path from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { MONITORED } from './monitored-options';
import { repository } from './synth';
import { infra } from '../../src';

export { MONITORED } from './monitored-options';

/** Synthesizes it into a folder in the given one. */
export function synthesizeMonitored(parent: string): string {
  const app = new App({ outdir: path.join(parent, 'monitored') });
  infra.SageMakerCicd.fromConfig(app, 'Delivery', path.join(repository(MONITORED), 'config', 'delivery.json'));
  return app.synth().directory;
}
