import * as fs from 'node:fs';
import type { DeliveryOptions } from '../../src/options/delivery';
import { SageMakerCicdProject } from '../../src/project';
import { withoutPostSynthesis } from '../../testing/project-directory';

/** A repository as the project type generates it, without installing anything. */
export function generateRepository(directory: string): string {
  fs.mkdirSync(directory, { recursive: true });
  withoutPostSynthesis(() => { new SageMakerCicdProject({ name: 'churn', outdir: directory }).synth(); });
  return directory;
}

/** What the repository of a delivery holds that workflows run. */
export function renderWorkflows(options: DeliveryOptions, directory: string): string {
  fs.mkdirSync(directory, { recursive: true });
  withoutPostSynthesis(() => { new SageMakerCicdProject({ ...options, outdir: directory }).synth(); });
  return directory;
}
