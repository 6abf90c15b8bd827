import { fill } from './fill';
import type { JsonSchema } from './json-schema';
import { type OptionProblem, showValue } from './option-error';
import { pathParts, related, valueAt } from './option-path';

/** Something that must hold between options that are right one by one. */
export interface Rule {
  /**
   * Paths of the options that it looks at. When one of them is wrong by itself there is nothing to say about how they
   * go together.
   */
  readonly reads: readonly string[];
  /** Gives the problems, from the values of `reads` in their order, with every default filled in. */
  readonly check: (...values: readonly unknown[]) => readonly OptionProblem[];
}

/** Makes the rules of one kind for the options as they were given, for example one per deployment group. */
export type RuleFamily = (options: unknown) => readonly Rule[];

/** A rule whose values have the types that the schema has made sure of; one with a default is always there. */
export function rule<T extends readonly unknown[]>(
  reads: readonly string[], check: (...values: T) => readonly OptionProblem[],
): Rule {
  return { reads, check: check as unknown as Rule['check'] };
}

/** One problem, with the value as it is shown. */
export function problem(path: string, value: unknown, allowed: string, fix: string): OptionProblem {
  return { path, value: showValue(value), allowed, fix };
}

/**
 * What the rules find: each runs unless something that it reads is already known to be wrong.
 *
 * They read options with the defaults of the schema filled in, so that no rule repeats one.
 */
export function applyRules(
  families: readonly RuleFamily[], schema: JsonSchema, options: unknown, found: readonly OptionProblem[],
): OptionProblem[] {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) { return []; }
  const meant = found.flatMap(p => (p.meant !== undefined && valueAt(options, p.meant) === undefined ? [p.meant] : []));
  const wrong = [...found.map(p => p.path), ...meant].map(pathParts);
  const filled = fill(schema, options);
  return families.flatMap(family => family(options))
    .filter(({ reads }) => !reads.map(pathParts).some(read => wrong.some(other => related(read, other))))
    .flatMap(({ reads, check }) => check(...reads.map(path => valueAt(filled, path))))
    .map(told => asGiven(told, options, filled));
}

/** Nobody looks for a value that they did not write: of a default the message says that it is one. */
function asGiven(told: OptionProblem, given: unknown, filled: unknown): OptionProblem {
  const value = showValue(valueAt(filled, told.path));
  const isDefault = told.value === value && valueAt(given, told.path) === undefined
    && valueAt(filled, told.path) !== undefined;
  return isDefault ? { ...told, value: `the default ${value}` } : told;
}

/** Every problem once, in the order in which the schema lists the options; what it does not list comes last. */
export function inOrder(schema: JsonSchema, problems: readonly OptionProblem[]): OptionProblem[] {
  const seen = new Set<string>();
  return problems
    .filter(p => {
      const text = JSON.stringify([p.path, p.allowed]);
      return !seen.has(text) && seen.add(text);
    })
    .map(p => ({ p, key: positions(schema, pathParts(p.path)) }))
    .sort((a, b) => compare(a.key, b.key))
    .map(({ p }) => p);
}

function positions(schema: JsonSchema | undefined, parts: readonly string[]): number[] {
  if (parts.length === 0) { return []; }
  const [first, ...rest] = parts;
  if (schema?.items) { return [Number(first), ...positions(schema.items, rest)]; }
  const names = Object.keys(schema?.properties ?? {});
  const index = names.indexOf(first);
  return [index < 0 ? names.length : index, ...positions(schema?.properties?.[first], rest)];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const different = a.findIndex((n, i) => n !== b[i]);
  return different < 0 || different >= b.length ? a.length - b.length : a[different] - b[different];
}
