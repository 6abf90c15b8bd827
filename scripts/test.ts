/**
 * Everything that must hold before a change is taken: build, linters, tests in process, end-to-end tests. As many
 * jobs side by side as there are cores and one more (or as `TEST_JOBS` says); prints the sum at the end.
 *
 * `npm test -- unit e2e/chain` runs single stages and jobs. With `TEST_LONG=true` (`npm run test:long`) the suites run
 * that are shortened otherwise, whole.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import { type Job, RESULTS, STAGES } from './test/job';
import { allJobs } from './test/jobs';
import { longJobs } from './test/long';
import { endAll, removeOldBytecode } from './test/processes';
import { Scheduler } from './test/scheduler';
import { summary } from './test/summary';
import { Timings } from './test/timings';
import { inTheirTurn } from './test/turns';
import { LONG } from '../testing/selection';

/** The jobs that are asked for, with those that prepare something for them. */
function chosen(jobs: readonly Job[], wanted: readonly string[]): Job[] {
  const isWanted = ({ stage, name }: Job): boolean =>
    wanted.length === 0 || wanted.includes(stage!) || wanted.includes(name);
  const picked = new Set(jobs.filter(j => j.stage && isWanted(j)));
  for (const { needs = [] } of picked) {
    jobs.filter(j => !j.stage && needs.includes(j.name)).forEach(j => picked.add(j));
  }
  return [...picked];
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2).filter(arg => !arg.startsWith('-'));
  fs.mkdirSync(RESULTS, { recursive: true });
  removeOldBytecode();
  const timings = new Timings();
  const jobs = LONG ? longJobs(allJobs(timings)) : allJobs(timings);
  const known = [...new Set([...STAGES, ...jobs.flatMap(j => (j.stage ? [j.name] : []))])];
  const unknown = wanted.filter(name => !known.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`There is no stage or job ${unknown.join(', ')}; the stages are ${STAGES.join(', ')}, `
      + `the jobs ${known.slice(STAGES.length).join(', ')}.\n`);
    process.exit(2);
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      endAll();
      process.exit(130);
    });
  }
  // One more than there are cores: end-to-end jobs wait for registries for a good part of their time. Two more were no
  // faster.
  const places = Math.max(1, Number(process.env.TEST_JOBS) || os.availableParallelism() + 1);
  const results = await new Scheduler(chosen(inTheirTurn(jobs, wanted), wanted), places).run();
  const taken = results.flatMap(r => [...r.suites, { name: r.job.name, seconds: r.ended - r.started }]);
  if (!LONG) { timings.keep(Object.fromEntries(taken.map(t => [t.name, Math.round(t.seconds * 10) / 10]))); }
  process.stdout.write(`${summary(results).join('\n')}\n`);
  process.exitCode = results.some(r => r.failed > 0) || !results.some(r => r.passed > 0) ? 1 : 0;
}

void main();
