import { type Result, STAGES } from './job';

const SLOWEST = 10;

/** The lines at the end of a run: what failed, where the time went, and the sum. */
export function summary(results: readonly Result[]): string[] {
  const sum = (key: 'passed' | 'failed' | 'skipped') => results.reduce((total, r) => total + r[key], 0);
  const skipped = sum('skipped');
  return [
    ...results.flatMap(r => r.failures).map(f => `FAILED: ${f}`),
    '', 'stage         jobs  seconds  from start to end  passed  failed',
    ...[...STAGES, undefined].flatMap(stage => {
      const own = results.filter(r => r.job.stage === stage);
      if (own.length === 0) { return []; }
      const seconds = own.reduce((total, r) => total + r.ended - r.started, 0);
      const wall = Math.max(...own.map(r => r.ended)) - Math.min(...own.map(r => r.started));
      const [passed, failed] = (['passed', 'failed'] as const).map(key => own.reduce((total, r) => total + r[key], 0));
      const columns = [[own.length, 6], [seconds, 9], [wall, 19], [passed, 8], [failed, 8]].map(([
        v, width,
      ]) => column(v, width));
      return [`${(stage ?? 'preparation').padEnd(12)}${columns.join('')}`];
    }),
    '', 'the slowest suites, in seconds',
    ...slowest(results).map(({ name, seconds }) => `${column(seconds, 7)}  ${name}`),
    '', `${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
  ];
}

function slowest(results: readonly Result[]): { readonly name: string; readonly seconds: number }[] {
  const all = results.flatMap(r => (r.suites.length > 0
    ? r.suites.map(s => ({ name: s.name.includes('/') ? s.name : `${r.job.name}: ${s.name}`, seconds: s.seconds }))
    : [{ name: r.job.name, seconds: r.ended - r.started }]));
  return all.sort((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
}

function column(value: number, width: number): string {
  return String(Math.round(value)).padStart(width);
}
