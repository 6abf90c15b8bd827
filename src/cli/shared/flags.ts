import { UserError } from './command';

/**
 * The values of flags that have one each; undefined when only the usage is wanted.
 *
 * @throws UserError that names the argument that is wrong
 */
export function parseFlags<F extends string>(
  args: readonly string[], flags: readonly F[], usage: string,
): { readonly [flag in F]?: string } | undefined {
  const rest = args.filter(arg => arg !== '--');
  if (rest.includes('--help') || rest.includes('-h')) { return undefined; }
  const found: { [flag in F]?: string } = {};
  while (rest.length > 0) {
    const [argument, value] = rest.splice(0, 2);
    const flag = flags.find(name => argument === `--${name}`);
    if (!flag) { throw new UserError(`Unknown argument: ${argument}.\n\n${usage}`); }
    if (value === undefined || value.startsWith('-')) { throw new UserError(`${argument} needs a value.\n\n${usage}`); }
    found[flag] = value;
  }
  return found;
}
