import * as fs from 'node:fs';
import { type Job, type Result, resultFile } from './job';
import { runStep } from './processes';
import { countsOf } from './reports';

/** Runs jobs side by side, those first that the most time depends on, and prints what each one said once it is over. */
export class Scheduler {
  private readonly begun = Date.now();
  private readonly waiting: Set<Job>;
  private readonly results: Result[] = [];
  private readonly active = new Map<Job, Promise<void>>();
  private readonly rank = new Map<Job, number>();

  public constructor(private readonly jobs: readonly Job[], private readonly places: number) {
    this.waiting = new Set(jobs);
  }

  public async run(): Promise<readonly Result[]> {
    while (this.waiting.size > 0 || this.active.size > 0) {
      this.fill();
      await Promise.race(this.active.values());
    }
    return this.results;
  }

  private fill(): void {
    const isOver = (job: Job): boolean => !this.waiting.has(job) && !this.active.has(job);
    const ready = [...this.waiting].filter(job => this.before(job).every(isOver));
    for (const job of ready.sort((a, b) => this.rankOf(b) - this.rankOf(a))) {
      if (this.active.size >= this.places) { break; }
      this.waiting.delete(job);
      this.active.set(job, this.runJob(job).finally(() => this.active.delete(job)));
    }
    if (this.active.size === 0 && this.waiting.size > 0) {
      throw new Error(`these jobs wait for each other: ${[...this.waiting].map(j => j.name).join(', ')}`);
    }
  }

  private before({ needs = [], after = [] }: Job): Job[] {
    return this.jobs.filter(j => needs.includes(j.name) || after.includes(j.name));
  }

  /** Seconds from a job's start until all that waits for it can be done. */
  private rankOf(job: Job): number {
    const known = this.rank.get(job);
    if (known !== undefined) { return known; }
    const later = this.jobs.filter(j => this.before(j).includes(job));
    const rank = job.seconds + Math.max(0, ...later.map(j => this.rankOf(j)));
    this.rank.set(job, rank);
    return rank;
  }

  private async runJob(job: Job): Promise<void> {
    const started = this.now();
    const missing = this.results.find(r => r.failed > 0 && job.needs?.includes(r.job.name))?.job.name;
    if (missing) {
      const failures = [`${job.name}: not run, since ${missing} failed`];
      this.end({ job, passed: 0, failed: 1, skipped: 0, failures, suites: [], started, ended: started }, '');
      return;
    }
    this.say(`${job.name} ...`);
    const file = resultFile(job.name, 'log');
    const log = fs.openSync(file, 'w');
    const all: ReturnType<typeof countsOf>[] = [];
    for (const step of job.steps) {
      if (step.report) { fs.rmSync(step.report.file, { force: true }); }
      const ok = await runStep(step, log);
      all.push(countsOf(step, ok));
    }
    fs.closeSync(log);
    const sum = (key: 'passed' | 'failed' | 'skipped') => all.reduce((total, c) => total + c[key], 0);
    this.end({
      // What is only made for others is no test, unless it cannot be made.
      job, passed: job.stage ? sum('passed') : 0, failed: sum('failed'), skipped: sum('skipped'),
      failures: all.flatMap(c => c.failures.map(f => `${job.name}: ${f}`)), suites: all.flatMap(c => c.suites),
      started, ended: this.now(),
    }, fs.readFileSync(file, 'utf8'));
  }

  private end(result: Result, output: string): void {
    this.results.push(result);
    const { job, passed, failed, skipped, failures, started, ended } = result;
    const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
    const lines = [
      `--- ${job.name} ${'-'.repeat(Math.max(3, 100 - job.name.length))}`, output.trimEnd(),
      ...failures.map(f => `FAILED: ${f}`),
      `=== ${failed > 0 ? 'FAILED ' : ''}${job.name}: ${counts} (${Math.round(ended - started)} s)`,
    ];
    process.stdout.write(`${lines.filter(line => line !== '').join('\n')}\n`);
  }

  private say(text: string): void {
    process.stdout.write(`[${Math.round(this.now())} s] ${text}\n`);
  }

  private now(): number {
    return (Date.now() - this.begun) / 1000;
  }
}
