import { checkProject } from '../../options/check-project';
import { OptionError } from '../../options/engine/option-error';
import type { ModelOptions } from '../../options/model-settings';

/**
 * Checks the options of a component that is used alone. Every component knows only some of them.
 *
 * @throws OptionError with every problem that was found
 */
export function checkModelPart(options: Partial<ModelOptions>): void {
  // A project of another kind may be named as it likes; what counts is the model's name.
  const { name, ...rest } = options;
  const problems = checkProject({
    name: 'any', ...(name === undefined ? {} : { modelName: name }),
    ...withoutUndefined({ ...rest, ownData: undefined }),
  });
  if (problems.length > 0) { throw new OptionError(problems); }
}

function withoutUndefined(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
