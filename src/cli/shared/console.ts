import { UserError } from './command';
import { runTool, toolEnvironment, type ToolResult } from './tool';

/** Writes what happens to the terminal as it happens. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** projen puts this before what it logs, its lines about tasks and a synth's words about synced files alike. */
const LOGGED = '👾 ';

/** projen's lines about its tasks, npm's warnings, and the banner that jsii prints for an old Node.js. */
const NOISE = new RegExp(`^(${LOGGED}(?!synced files:| )|npm (warn|notice)|b'!!)`, 'u');

/** Shows what a program said of its own accord. */
export function sayIndented(output: string): void {
  const lines = output.split('\n').filter(line => line.trim() !== '' && !NOISE.test(line));
  lines.forEach(line => say(`  ${line.replace(LOGGED, '')}`));
}

/** What a synth reported about the synced files. */
export function synthWords(output: string): string[] {
  return output
    .split('\n')
    .filter(line => new RegExp(`^${LOGGED}(synced files:| )`, 'u').test(line))
    .map(line => line.replace(LOGGED, ''));
}

/** A program that an upgrade runs. */
export interface Step {
  /** What it is for, in words. */
  readonly title: string;
  readonly command: readonly [string, readonly string[]];
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a step and reports it with its duration; a failure is not an error here. */
export async function tryStep(root: string, { title, command: [program, args], env }: Step): Promise<ToolResult> {
  const line = [program, ...args].join(' ');
  say(`${title}: ${line}`);
  const started = Date.now();
  const result = await runTool(program, args, { cwd: root, env: { ...toolEnvironment(root), ...env } });
  say(
    `  ${result.status === 0 ? 'done' : `exit code ${result.status}`} after `
      + `${((Date.now() - started) / 1000).toFixed(1)} s`,
  );
  return result;
}

/**
 * Runs a step that must succeed.
 *
 * @throws UserError with the program's own words and the way back
 */
export async function runStep(root: string, step: Step, wayBack: string): Promise<ToolResult> {
  const result = await tryStep(root, step);
  if (result.status !== 0) { throw stepFailed(step, result, wayBack); }
  return result;
}

/** The message of a failed step. */
export function stepFailed({ title, command: [program, args] }: Step, result: ToolResult, wayBack: string): UserError {
  const said = result.output.trim().split('\n').slice(-60).join('\n');
  const what = `${title} failed (${[program, ...args].join(' ')}, exit code ${result.status})`;
  return new UserError(`\n${what}:\n\n${said}\n\nNothing was committed. ${wayBack}`);
}
