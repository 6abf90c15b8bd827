import * as fs from 'node:fs';
import * as path from 'node:path';
import { OptionError } from '../../options/engine/option-error';
import { checkedPlan } from '../../plan/check';
import type { DeliveryPlan } from '../../plan/model';
import { UserError } from '../shared/command';

/** Where a repository has its delivery. */
export const DELIVERY_FILE = path.join('config', 'delivery.json');

/**
 * The plan of the repository in a directory.
 *
 * @throws UserError when there is no delivery, or it is wrong
 */
export function readPlan(directory: string, file = DELIVERY_FILE): DeliveryPlan {
  const full = path.resolve(directory, file);
  if (!fs.existsSync(full)) {
    throw new UserError(
      `${file} does not exist here. Run the command in the root of the repository, after npx projen, or name the `
        + 'file with --config.',
    );
  }
  const { plan, problems } = checkedPlan(readJson(full, file, 'run npx projen to write it again'));
  if (plan === undefined) { throw new UserError(`${file}: ${new OptionError(problems).message}`); }
  return plan;
}

/**
 * The content of a JSON file of the repository.
 *
 * @throws UserError that names the file, and an alternative to fixing it
 */
export function readJson(full: string, file: string, instead: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(full, 'utf-8')) as unknown;
  } catch (error) {
    throw new UserError(`${file} is invalid JSON (${(error as Error).message}). Fix it, or ${instead}.`);
  }
}

/** What a person types to run a task of the repository; undefined when it has no such task. */
export function taskOf(directory: string, task: string): string | undefined {
  const has = (file: string, find: (content: { tasks?: object; scripts?: object }) => object | undefined) => {
    try {
      return Object.keys(
        find(JSON.parse(fs.readFileSync(path.join(directory, file), 'utf-8')) as object) ?? {},
      ).includes(task);
    } catch {
      return false;
    }
  };
  if (has(path.join('.projen', 'tasks.json'), content => content.tasks)) { return `npx projen ${task}`; }
  return has('package.json', content => content.scripts) ? `npm run ${task}` : undefined;
}

/**
 * The value of the one flag that both commands have; undefined when only the usage is wanted.
 *
 * @throws UserError that names the argument that is wrong
 */
export function parseConfig(args: readonly string[], usage: string): { readonly config?: string } | undefined {
  const rest = args.filter(arg => arg !== '--');
  if (rest.includes('--help') || rest.includes('-h')) { return undefined; }
  const at = rest.indexOf('--config');
  const config = at >= 0 ? rest.splice(at, 2)[1] : undefined;
  if (at >= 0 && (config === undefined || config.startsWith('-'))) {
    throw new UserError(`--config needs a file, for example --config ${DELIVERY_FILE}.\n\n${usage}`);
  }
  if (rest.length > 0) { throw new UserError(`Unknown argument: ${rest[0]}.\n\n${usage}`); }
  return { config };
}
