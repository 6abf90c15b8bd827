import { checkAgainst } from './engine/check';
import type { OptionProblem } from './engine/option-error';
import { applyRules, inOrder, type RuleFamily } from './engine/rule';
import { projectRules } from './rules';
import { projectSchema } from './schemas/project-schema';

/** What `projen new` hides in the options of a project that it creates. */
export const CREATION_KEY = '__new__';

/**
 * Everything that is wrong with the options of a project, in their order: each by itself, and those that are right in
 * how they go together.
 *
 * @param more further rules, for what only the caller can look at
 */
export function checkProject(options: unknown, ...more: readonly RuleFamily[]): OptionProblem[] {
  const known = checkAgainst(projectSchema, withoutCreationKey(options), '');
  const crossed = applyRules(projectRules, projectSchema, options, known);
  // The further rules look at the whole of what the others look at in parts.
  const further = applyRules(more, projectSchema, options, [...known, ...crossed]);
  return inOrder(projectSchema, [...known, ...crossed, ...further]);
}

function withoutCreationKey(options: unknown): unknown {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) { return options; }
  return Object.fromEntries(Object.entries(options).filter(([name]) => name !== CREATION_KEY));
}
