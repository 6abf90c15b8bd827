import * as fs from 'node:fs';
import type { Repository } from '../harness/repository';

/** The part of a run's record that is asserted on. */
export interface RunRecord {
  readonly executionId: string;
  readonly status: string;
  readonly parameters: ReadonlyArray<{ name: string; value: unknown; origin: string }>;
  readonly steps: ReadonlyArray<{ name: string; status: string; outcome: string | null; cacheHit: object | null }>;
  readonly registered: ReadonlyArray<{ modelPackageVersion: number; approvalStatus: string; metadata: { [name: string]: string } }> | null;
  readonly sampleAnswer: { response?: string; error?: string } | null;
}

/** Directories of the runs of a repository's pipeline on this machine, the oldest first. */
export function runDirectories(repository: Repository): string[] {
  const runs = repository.path('.local', 'runs');
  return fs.readdirSync(runs).filter(name => repository.exists(`.local/runs/${name}/run.json`)).sort().map(name => `.local/runs/${name}`);
}

/** The record of the newest run. */
export function newestRun(repository: Repository): RunRecord {
  return repository.json<RunRecord>(`${runDirectories(repository).at(-1)}/run.json`);
}
