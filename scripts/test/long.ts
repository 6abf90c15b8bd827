import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Job } from './job';
import { takesTurns } from './turns';
import { ROOT } from '../python-tools';

/** The jobs of a long run: the build, those that take turns, and those with suites that are shortened otherwise. */
export function longJobs(jobs: readonly Job[]): Job[] {
  return jobs.flatMap((job): Job[] => {
    if (!job.stage || job.stage === 'build' || job.shortened || takesTurns(job)) { return [job]; }
    const steps = job.steps.map(step => ({ ...step, args: step.args.filter(a => !isSuite(a) || isShortened(a)) }));
    return steps.some(step => step.args.some(isSuite)) ? [{ ...job, steps }] : [];
  });
}

function isSuite(arg: string): boolean {
  return /\.(test|integ)\.ts$/.test(arg);
}

/** Whether a suite, or what it imports of its own folder, picks among its cases. */
function isShortened(file: string): boolean {
  const text = fs.readFileSync(path.join(ROOT, file), 'utf8');
  if (/from '[./]+\/testing\/selection'/.test(text)) { return true; }
  return [...text.matchAll(/from '\.\/([\w-]+)'/g)].map(m => path.join(path.dirname(file), `${m[1]}.ts`))
    .some(imported => fs.existsSync(path.join(ROOT, imported)) && isShortened(imported));
}
