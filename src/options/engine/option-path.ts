/**
 * Names that are written after a dot; all others in brackets, so that a path stays one line and can be taken apart
 * again.
 */
const PLAIN_NAME = /^[^\s"[\].\p{Cc}]{1,128}$/u;

/** The path of a field: `training.seed`, `tags["cost centre"]`. */
export function fieldPath(parent: string, name: string): string {
  if (!PLAIN_NAME.test(name)) {
    return `${parent}[${JSON.stringify(name.length > 80 ? `${name.slice(0, 77)}...` : name)}]`;
  }
  return parent ? `${parent}.${name}` : name;
}

/** Paths that were taken apart: every rule asks for its own again. */
const taken = new Map<string, readonly string[]>();

/** The parts of a path, from the outside in: `deploymentGroups[0].name` has three. */
export function pathParts(path: string): readonly string[] {
  const known = taken.get(path) ?? partsOf(path);
  taken.set(path, known);
  return known;
}

function partsOf(path: string): string[] {
  return [...path.matchAll(/\[("(?:[^"\\]|\\.)*"|\d+)\]|[^.[\]]+/g)].map(([
    part, inner,
  ]) => (inner?.startsWith('"') ? JSON.parse(inner) as string : inner ?? part));
}

/** Whether two paths name the same option, or one of them a part of the other. */
export function related(a: readonly string[], b: readonly string[]): boolean {
  const length = Math.min(a.length, b.length);
  return a.slice(0, length).every((part, i) => part === b[i]);
}

/** The value at a path; undefined if there is none, or if something along the path is not an object. */
export function valueAt(options: unknown, path: string): unknown {
  return pathParts(path).reduce<unknown>((value, part) => {
    const known = typeof value === 'object' && value !== null && Object.prototype.hasOwnProperty.call(value, part);
    return known ? (value as { readonly [name: string]: unknown })[part] : undefined;
  }, options);
}

/** The paths of a list's entries, holes included; none where there is no list. */
export function entryPaths(options: unknown, list: string): string[] {
  const value = valueAt(options, list);
  return Array.isArray(value) ? Array.from(value, (_, i) => `${list}[${i}]`) : [];
}

/** The names in a map of the user's own; none where there is no map. */
export function namesAt(options: unknown, map: string): string[] {
  const value = valueAt(options, map);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}
