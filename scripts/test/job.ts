import * as path from 'node:path';
import { ROOT } from '../python-tools';

/** The stages in the order in which they are reported. */
export const STAGES = ['build', 'lint', 'unit', 'python', 'sdk', 'cloud', 'integ'] as const;
export type Stage = typeof STAGES[number];

/** A command of a job. One without a report counts as one test. */
export interface Step {
  readonly what: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly report?: { readonly of: 'jest' | 'pytest'; readonly file: string };
}

/** Commands one after the other in a job of their own, beside which others run. */
export interface Job {
  readonly name: string;
  /** Without one it makes what others need, and is run when one of them is. */
  readonly stage?: Stage;
  readonly steps: readonly Step[];
  /** Whether it leaves cases out that a long run has, though no suite of it says so in TypeScript. */
  readonly shortened?: boolean;
  /** How long it takes, more or less. */
  readonly seconds: number;
  /** Jobs without which it makes no sense. */
  readonly needs?: readonly string[];
  /** Jobs that must be over, however they end. */
  readonly after?: readonly string[];
}

/** What came of a job. */
export interface Result {
  readonly job: Job;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed, by name. */
  readonly failures: readonly string[];
  /** Test files by name with their seconds. */
  readonly suites: readonly { readonly name: string; readonly seconds: number }[];
  /** Seconds since the run began. */
  readonly started: number;
  readonly ended: number;
}

/** Where logs, reports and timings are. */
export const RESULTS = path.join(ROOT, 'build', 'test-results');

/** The path of a job's file of some kind; names of jobs have slashes. */
export function resultFile(job: string, kind: string): string {
  return path.join(RESULTS, `${job.replace(/\//g, '-')}.${kind}`);
}
