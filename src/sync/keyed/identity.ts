import type { KeyedValue, List } from './values';

/** How the items of a list are told apart. */
export interface Identity {
  /** The same for an item and its later versions. */
  id(item: KeyedValue): string;
  /** The same for items that say the same. */
  content(item: KeyedValue): string;
}

interface Requirement {
  readonly name: string;
  readonly marker: string;
  readonly content: string;
}

/**
 * How to tell apart the items of all the versions of a list, or nothing when it can only be seen as one value.
 *
 * An item that stands twice in a list speaks for a list whose order means something, such as the arguments of a
 * command.
 */
export function identityOf(lists: readonly List[], areRequirements: boolean): Identity | undefined {
  const exact: Identity = { id: canonical, content: canonical };
  if (!areRequirements) {
    return lists.every(list => list.items.every(item => item.kind === 'scalar')) && tellsApart(lists, exact)
      ? exact
      : undefined;
  }
  const by = (key: (requirement: Requirement) => string): Identity => ({
    id: item => { const found = requirement(item); return found ? key(found) : canonical(item); },
    content: item => requirement(item)?.content ?? canonical(item),
  });
  // The same distribution may stand there once for each Python version.
  return [by(found => found.name), by(found => `${found.name};${found.marker}`), exact].find(identity =>
    tellsApart(lists, identity),
  );
}

function tellsApart(lists: readonly List[], identity: Identity): boolean {
  return lists.every(list => new Set(list.items.map(item => identity.id(item))).size === list.items.length);
}

/** A dependency specifier as PEP 508 defines it, as far as it is needed to compare two. */
function requirement(item: KeyedValue): Requirement | undefined {
  const text = item.kind === 'scalar' ? item.string : undefined;
  const parts =
    text === undefined ? null : /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?=$|[[(<>=!~@;])(.*)$/s.exec(text);
  if (!parts) { return undefined; }
  const name = parts[1].toLowerCase().replace(/[-_.]+/g, '-');
  const rest = parts[2].trim().replace(/\s*([<>=!~,;()@[\]])\s*/g, '$1');
  return { name, marker: rest.includes(';') ? rest.slice(rest.indexOf(';') + 1) : '', content: `${name}${rest}` };
}

function canonical(value: KeyedValue): string {
  if (value.kind === 'scalar') { return value.id; }
  if (value.kind === 'list') { return `[${value.items.map(canonical).join()}]`; }
  return `{${[...value.entries].map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).sort().join()}}`;
}
