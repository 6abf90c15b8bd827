import type { Job } from './job';
import { LONG, selection } from '../../testing/selection';

/** Lives of whole repositories, each a minute or more: they take turns from commit to commit. */
const TURNS: readonly string[] = ['adopt', 'bad-input', 'changes', 'day', 'eject', 'upgrade'].map(name => `e2e/${name}`);

const AT_ONCE = 3;

/** Whether a job is left out of some short runs. */
export function takesTurns({ name }: Job): boolean {
  return TURNS.includes(name);
}

/** The jobs without those whose turn it is not; all of them in a long run, and who is asked for by name in any. */
export function inTheirTurn(jobs: readonly Job[], wanted: readonly string[]): readonly Job[] {
  const asked = TURNS.filter(name => wanted.includes(name));
  if (LONG) { return jobs; }
  const now = selection('lives of repositories', TURNS, AT_ONCE);
  return jobs.filter(job => !takesTurns(job) || now.includes(job.name) || asked.includes(job.name));
}
