import * as fs from 'node:fs';
import { SageMakerCicdProject } from '../../src/project';
import { withoutPostSynthesis } from '../../testing/project-directory';

/** A repository as the project type generates it, without installing anything. */
export function generateRepository(directory: string): string {
  fs.mkdirSync(directory, { recursive: true });
  withoutPostSynthesis(() => { new SageMakerCicdProject({ name: 'churn', outdir: directory }).synth(); });
  return directory;
}
