import * as fs from 'node:fs';
import { SageMakerCicdProject } from '../../src/project';

/** A repository as the project type generates it, without installing anything. */
export function generateRepository(directory: string): string {
  fs.mkdirSync(directory, { recursive: true });
  const before = process.env.PROJEN_DISABLE_POST;
  process.env.PROJEN_DISABLE_POST = 'true';
  try {
    new SageMakerCicdProject({ name: 'churn', outdir: directory }).synth();
  } finally {
    if (before === undefined) { delete process.env.PROJEN_DISABLE_POST; } else { process.env.PROJEN_DISABLE_POST = before; }
  }
  return directory;
}
