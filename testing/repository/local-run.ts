import * as fs from 'node:fs';
import type { Repository } from '../harness/repository';

/** The part of a run's record that is used here. */
export interface RunRecord {
  readonly executionId: string;
  readonly status: string;
  readonly seconds: number;
  readonly parameters: ReadonlyArray<{ name: string; value: unknown; origin: string }>;
  readonly steps: readonly StepRecord[];
  readonly registered:
    | ReadonlyArray<{ modelPackageGroupName: string; modelPackageVersion: number; approvalStatus: string }> | null;
  readonly sampleAnswer: { request?: string; response?: string; seconds?: number; error?: string } | null;
}

/** The part of a step's record that is used here. */
export interface StepRecord {
  readonly name: string;
  readonly status: string;
  readonly seconds: number | null;
  readonly cacheHit: object | null;
  readonly conditions: ReadonlyArray<{
    type: string; left: unknown; leftExpression: string; right: unknown; result: boolean;
  }>;
  readonly outputs: ReadonlyArray<{ name: string; path: string }>;
}

/** Directories of the runs of a repository's pipeline on this machine, the oldest first. */
export function runDirectories(repository: Repository): string[] {
  const runs = repository.path('.local', 'runs');
  return fs.readdirSync(runs).filter(name =>
    repository.exists(`.local/runs/${name}/run.json`)).sort().map(name => `.local/runs/${name}`);
}

/** The record of the newest run. */
export function newestRun(repository: Repository): RunRecord {
  return repository.json<RunRecord>(`${runDirectories(repository).at(-1)}/run.json`);
}
