import type { AST } from 'toml-eslint-parser';
import { type ChildStyle, type Container, container, editItems, insertChild, removeChild } from './containers';
import {
  applyEdits, endOfContent, indentAt, lineEnd, lineEnding, lineStart, nextLine, startsLine, type TextEdit,
} from './lines';
import { type KeyedTextMerge, mergeTexts } from './merge';
import type { ListStep, Step } from './steps';
import {
  commentsIn, entriesOf, entryAt, hasComment, leadStart, parseToml,
  type Section,
  sectionSpan, startsWith,
  type TomlDocument,
} from './toml-document';
import { keyText, TomlRenderer } from './toml-render';
import type { KeyedValue, Path, Span } from './values';

/**
 * Merges our new version of a TOML text into the user's, key by key; both come from `base`, which is what we last
 * wrote.
 *
 * The result is the user's text with as few edits as possible: comments, order, forms of tables and the spelling of
 * values stay. Where both sides changed a key the user's value stays and is reported. Lists of scalars are merged item
 * by item, Python requirements by the name of their distribution; other lists are one value.
 *
 * Without a (readable) base every value that differs is the user's. Nothing is returned when the user's text is not
 * TOML.
 */
export function mergeToml(base: string | undefined, ours: string, theirs: string): KeyedTextMerge | undefined {
  return mergeTexts({ parse: parseToml, edit: editToml, isRequirements }, base, ours, theirs);
}

function editToml(
  theirs: TomlDocument, ours: TomlDocument, base: TomlDocument | undefined, step: Step,
): string | undefined {
  const editor = new TomlEditor(theirs, ours, base);
  switch (step.kind) {
    case 'add': return editor.add(step.path, step.value, step.after);
    case 'set': return editor.set(step.path, step.value);
    case 'list': return editor.editList(step);
    case 'remove': return editor.remove(step.path, comment => hasComment(base, comment) && !hasComment(ours, comment));
  }
}

/** The lists of a `pyproject.toml` that hold requirements. */
function isRequirements(path: Path): boolean {
  const [first, second] = path;
  return (path.length === 2 && (first === 'dependency-groups' || (first === 'project' && second === 'dependencies')))
    || (path.length === 3 && first === 'project' && second === 'optional-dependencies');
}

/** Tells whether a comment of the user's text is one of ours. */
type IsOurs = (comment: string) => boolean;

/** Writes keys of our document into the user's text, in the form that their table has there. */
class TomlEditor {
  private readonly text: string;
  private readonly eol: string;
  private readonly renderer: TomlRenderer;

  public constructor(
    private readonly theirs: TomlDocument,
    private readonly ours: TomlDocument,
    private readonly base: TomlDocument | undefined,
  ) {
    this.text = theirs.text;
    this.eol = lineEnding(theirs.text);
    this.renderer = new TomlRenderer(ours, this.eol);
  }

  /** Adds our key: below its table's header, as a dotted key or in an inline table. */
  public add(path: Path, value: KeyedValue, after: readonly string[]): string | undefined {
    const parent = path.slice(0, -1);
    const holder = entryAt(this.theirs, parent)?.node.value;
    if (holder) {
      if (holder.type !== 'TOMLInlineTable') { return undefined; }
      const style = inLine(this.renderer.pair(path, value), ' ');
      return this.edited(insertChild(containerOf(this.text, holder), holder.body.length - 1, style));
    }
    const section = this.theirs.sections.find(({ path: at }) => at.length === parent.length && startsWith(at, parent));
    const below = entriesOf(this.theirs).filter(
      ({ path: at, inline }) => !inline && at.length > parent.length && startsWith(at, parent),
    );
    const dotted = section ? undefined : below.filter(entry => entry.section.path.length < parent.length).at(-1);
    if (dotted) {
      const [start, end] = dotted.node.range;
      const last = dotted.node.key.keys[parent.length - dotted.section.path.length - 1];
      const prefix = `${this.text.slice(start, last.range[1])}.`;
      const line = this.renderer.line(path, value, indentAt(this.text, start), prefix);
      return this.inserted(lineEnd(this.text, end), `${this.eol}${line}`);
    }
    if (value.kind !== 'scalar' && !value.span) {
      return this.insertSections(parent, after, this.renderer.sections(path, true));
    }
    if (section) { return this.insertLine(section, indent => this.renderer.line(path, value, indent)); }
    const first = this.headersBelow(parent)[0]?.header;
    if (!first) { return undefined; }
    const header = `[${parent.map(keyText).join('.')}]`;
    const lines = [header, this.renderer.line(path, value, ''), '', ''];
    return this.inserted(leadStart(this.theirs, first.range[0]), lines.join(this.eol));
  }

  /** Puts our value in the place of the user's, unless comments of the user would go with it. */
  public set(path: Path, value: KeyedValue): string | undefined {
    const isOurs: IsOurs = comment => hasComment(this.base, comment);
    const isFree = (span: Span) => commentsIn(this.theirs, span).every(isOurs);
    const entry = entryAt(this.theirs, path);
    if (entry) {
      const [start, end] = entry.node.value.range;
      return isFree([start, end]) ? this.edited([{ start, end, text: this.renderer.value(value) }]) : undefined;
    }
    const spans = [
      ...this.headersBelow(path).map(section => sectionSpan(this.theirs, section)),
      ...entriesOf(this.theirs)
        .filter(({ path: at }) => startsWith(at, path))
        .map(({ node }): Span => node.range),
    ];
    if (!isFree([Math.min(...spans.map(([start]) => start)), Math.max(...spans.map(([, end]) => end))])) {
      return undefined;
    }
    return this.replaceTables(path, isOurs) ?? this.replaceForm(path, value, isOurs);
  }

  /** Adds, changes and removes the items of a list. */
  public editList({ path, items }: ListStep): string | undefined {
    const { text: ours } = this.ours;
    const first = arrayAt(this.ours, path)?.elements[0]?.range[0];
    // The indent of our items, if they stand on lines of their own.
    const unit = first !== undefined && startsLine(ours, first) ? indentAt(ours, first) : undefined;
    const find = (text: string): Container | undefined => {
      const document = parseToml(text);
      const array = document && arrayAt(document, path);
      return array && containerOf(text, array);
    };
    return editItems(this.text, items, find, item => ({ ...inLine(this.renderer.value(item)), unit }));
  }

  /** Removes a key, or a table with everything in it; a comment above goes with it only if it is ours. */
  public remove(path: Path, isOurs: IsOurs): string | undefined {
    const { theirs, text } = this;
    const entry = entryAt(theirs, path);
    if (entry?.inline) {
      return this.edited(removeChild(containerOf(text, entry.inline), entry.inline.body.indexOf(entry.node)));
    }
    const sections = this.headersBelow(path);
    const lines = entriesOf(theirs)
      .filter(({ path: at, inline, section }) => !inline && startsWith(at, path) && !sections.includes(section))
      .map(({ node }): Span => [leadStart(theirs, node.range[0], isOurs), nextLine(text, node.range[1])]);
    const tables = sections.map((section): Span => {
      const [start, end] = sectionSpan(theirs, section);
      return [leadStart(theirs, start, isOurs), behindBlankLines(text, nextLine(text, end))];
    });
    return lines.length + tables.length === 0 ? undefined : withoutLines(text, [...lines, ...tables]);
  }

  /** Tables with headers by tables with headers, where they stand. */
  private replaceTables(path: Path, isOurs: IsOurs): string | undefined {
    const { theirs } = this;
    const tables = this.headersBelow(path);
    const [first, last] = [tables[0], tables.at(-1)];
    const areTogether = last && theirs.sections.indexOf(last) === theirs.sections.indexOf(first) + tables.length - 1;
    if (!areTogether || entryAt(this.ours, path)) { return undefined; }
    const [begin] = sectionSpan(theirs, first);
    const [, end] = sectionSpan(theirs, last);
    // A comment of ours above may have changed with the tables; one of the user's stays.
    const lead = leadStart(theirs, begin, isOurs);
    const isWithLead = lead === leadStart(theirs, begin);
    return this.edited([{ start: isWithLead ? lead : begin, end, text: this.renderer.sections(path, isWithLead) }]);
  }

  /** A table that becomes a value, or the other way round. */
  private replaceForm(path: Path, value: KeyedValue, isOurs: IsOurs): string | undefined {
    const without = this.remove(path, isOurs);
    const document = without === undefined ? undefined : parseToml(without);
    const text = document && new TomlEditor(document, this.ours, this.base).add(path, value, []);
    // In between the text may have become empty.
    return this.text.endsWith('\n') ? text : text?.replace(/\r?\n$/, '');
  }

  /** A line at the end of the section's keys. */
  private insertLine(section: Section, line: (indent: string) => string): string {
    const last = section.body.at(-1);
    const at = last ?? section.header;
    if (at) {
      const indent = last ? indentAt(this.text, last.range[0]) : '';
      return this.inserted(lineEnd(this.text, at.range[1]), `${this.eol}${line(indent)}`);
    }
    const next = this.theirs.sections[1]?.header;
    if (next) {
      const start = leadStart(this.theirs, lineStart(this.text, next.range[0]));
      return this.inserted(start, `${line('')}${this.eol}${this.eol}`);
    }
    const end = endOfContent(this.text);
    return this.inserted(end, end === 0 ? `${line('')}${this.eol}` : `${this.eol}${line('')}`);
  }

  /** Tables behind the last one of the sibling they follow in ours, or at the end of the file. */
  private insertSections(parent: Path, after: readonly string[], added: string): string {
    const behind = after
      .map(sibling => this.headersBelow([...parent, sibling]).at(-1))
      .find(section => section !== undefined);
    const end = behind ? behindComments(this.text, sectionSpan(this.theirs, behind)[1]) : endOfContent(this.text);
    return this.inserted(end, end === 0 ? `${added}${this.eol}` : `${this.eol}${this.eol}${added}`);
  }

  /** The table with this path and those below it, as far as they have headers. */
  private headersBelow(path: Path): Section[] {
    return this.theirs.sections.filter(section => section.header && startsWith(section.path, path));
  }

  private inserted(at: number, text: string): string {
    return this.edited([{ start: at, end: at, text }]);
  }

  private edited(edits: readonly TextEdit[]): string {
    return applyEdits(this.text, edits);
  }
}

/** A list or inline table as something with children between brackets. */
function containerOf(text: string, node: AST.TOMLArray | AST.TOMLInlineTable): Container {
  const children = node.type === 'TOMLArray' ? node.elements : node.body;
  return container(text, node.range[0] + 1, node.range[1] - 1, children.map(({ range }) => range));
}

function arrayAt(document: TomlDocument, path: Path): AST.TOMLArray | undefined {
  const value = entryAt(document, path)?.node.value;
  return value?.type === 'TOMLArray' ? value : undefined;
}

/** How something is written within a line. */
function inLine(text: string, padding = ''): ChildStyle {
  return { render: () => text, space: ' ', unit: undefined, padding };
}

/** The text without these whole lines; what is then the last line ends as the last one did. */
function withoutLines(text: string, spans: readonly Span[]): string {
  const ends = text.endsWith('\n') ? lineEnding(text) : '';
  const joined: Span[] = [];
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const previous = joined.at(-1);
    if (previous?.[1] === start) { joined.pop(); }
    joined.push([previous?.[1] === start ? previous[0] : start, end]);
  }
  return applyEdits(text, joined.map(([start, end]) => {
    if (end < text.length) { return { start, end, text: '' }; }
    const content = Math.min(start, endOfContent(text.slice(0, start)));
    return { start: content, end, text: content === 0 ? '' : ends };
  }));
}

function behindBlankLines(text: string, at: number): number {
  return at + (/^(?:[ \t]*\r?\n)*/.exec(text.slice(at))?.[0].length ?? 0);
}

/** Behind the comments that stand directly below a section, unless they stand directly above the next header. */
function behindComments(text: string, at: number): number {
  let end = at;
  for (let newline = text.indexOf('\n', end); newline >= 0; newline = text.indexOf('\n', end)) {
    const line = text.slice(newline + 1, lineEnd(text, newline + 1)).trim();
    if (line.startsWith('[')) { return at; }
    if (!line.startsWith('#')) { break; }
    end = lineEnd(text, newline + 1);
  }
  return end;
}
