import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { ROOT } from './harness/process';

/** Whether every case runs (`npm run test:long`), or a selection where all of them would take too long. */
export const LONG = process.env.TEST_LONG === 'true';

/**
 * What a shortened run picks its cases by: the commit, so that each commit looks at other cases and a run can be
 * repeated; `TEST_SEED` names another one.
 */
export function seed(): string {
  return process.env.TEST_SEED
    ?? execFileSync('git', ['rev-parse', '--short=8', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
}

/** A few of the cases in their own order, picked by the seed; all of them in a long run. */
export function selection<T>(what: string, cases: readonly T[], count: number): readonly T[] {
  if (LONG || cases.length <= count) { return cases; }
  const picked = seed();
  const rank = (index: number): string => createHash('sha256').update(`${picked} ${what} ${index}`).digest('hex');
  const chosen = new Set(cases.map((_, index) => index).sort((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, count));
  process.stdout.write(
    `${what}: ${count} of ${cases.length}, picked by TEST_SEED=${picked}; npm run test:long runs all of them\n`,
  );
  return cases.filter((_, index) => chosen.has(index));
}

/** How many random cases a property is put to, and from which seed: all of them from fast-check's own in a long run. */
export function randomCases(what: string, all: number, count: number): { numRuns: number; seed?: number } {
  if (LONG) { return { numRuns: all }; }
  process.stdout.write(`${what}: ${count} random cases of ${all}, TEST_SEED=${seed()}; npm run test:long runs all\n`);
  return { numRuns: count, seed: createHash('sha256').update(`${seed()} ${what}`).digest().readInt32BE() };
}

/**
 * What follows `projen test` or `npm test` where a repository's tests are to show that its environment works, and not
 * what its code does: a short run takes those of the settings and of training.
 */
export const TESTS_OF_AN_ENVIRONMENT: readonly string[] = LONG ? [] : ['--', '-k', 'settings or schema or train'];
