import { lineEnd, lineStart, withLineEnding } from './lines';
import {
  entriesOf, entryAt, leadStart,
  type Section,
  sectionSpan, startsWith,
  type TomlDocument,
} from './toml-document';
import { type KeyedValue, type Path, valueAt } from './values';

/** Writes pieces of one document for another, spelled as they are wherever they have a text of their own. */
export class TomlRenderer {
  public constructor(private readonly from: TomlDocument, private readonly eol: string) {}

  /** A value behind an equals sign or in a list. */
  public value(value: KeyedValue): string {
    if (value.kind === 'scalar') { return this.slice(...value.span); }
    if (value.span) { return this.slice(...value.span); }
    if (value.kind === 'list') { return `[${value.items.map(item => this.value(item)).join(', ')}]`; }
    const entries = [...value.entries].map(([key, inner]) => `${keyText(key)} = ${this.value(inner)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }

  /** The key at the path and its value. */
  public pair(path: Path, value: KeyedValue): string {
    const entry = entryAt(this.from, path);
    const key = entry?.node.key.keys.at(-1);
    if (!entry || !key) { return `${keyText(path[path.length - 1])} = ${this.value(value)}`; }
    return this.slice(key.range[0], entry.node.range[1]);
  }

  /**
   * The key with the comments directly above it and behind it, each line behind the indent; `prefix` is what comes
   * before the key.
   */
  public line(path: Path, value: KeyedValue, indent: string, prefix = ''): string {
    const entry = entryAt(this.from, path);
    const pair = `${indent}${prefix}${this.pair(path, value)}`;
    if (!entry || entry.inline) { return pair; }
    const [start, end] = entry.node.range;
    const { text } = this.from;
    const above = text.slice(leadStart(this.from, start), lineStart(text, start)).split('\n');
    const lead = above.map(line => line.trim()).filter(line => line !== '').map(comment => `${indent}${comment}`);
    return [...lead, `${pair}${text.slice(end, lineEnd(text, end))}`].join(this.eol);
  }

  /** The table, or array of tables, at the path with headers. */
  public sections(path: Path, isWithLead: boolean): string {
    const sections = this.from.sections.filter(section => section.header && startsWith(section.path, path));
    const rest = entriesOf(this.from).filter(({ section }) => !sections.includes(section));
    const isAll = sections.length > 0 && !rest.some(({ path: at }) => startsWith(at, path));
    return isAll ? this.slices(sections, isWithLead) : this.table(path);
  }

  private slices(sections: readonly Section[], isWithLead: boolean): string {
    return sections.map((section, index) => {
      const [start, end] = sectionSpan(this.from, section);
      const text = this.slice(index > 0 || isWithLead ? leadStart(this.from, start) : start, end);
      if (index === 0) { return text; }
      const previous = sections[index - 1];
      const isNext = this.from.sections.indexOf(section) === this.from.sections.indexOf(previous) + 1;
      const between = () => this.slice(sectionSpan(this.from, previous)[1], leadStart(this.from, start));
      return `${isNext ? between() : `${this.eol}${this.eol}`}${text}`;
    }).join('');
  }

  private table(path: Path): string {
    const value = valueAt(this.from.root, path);
    const entries = value?.kind === 'table' ? [...value.entries] : [];
    const lines = entries.map(([key, inner]) => `${keyText(key)} = ${this.value(inner)}`);
    return [`[${path.map(keyText).join('.')}]`, ...lines].join(this.eol);
  }

  private slice(start: number, end: number): string {
    return withLineEnding(this.from.text.slice(start, end), this.eol);
  }
}

/** A key, quoted if it must be; JSON's escapes are a subset of TOML's but for the delete character. */
export function keyText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key).replace(/\x7f/g, '\\u007f');
}
