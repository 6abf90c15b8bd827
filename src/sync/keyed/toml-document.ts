import { type AST, parseTOML } from 'toml-eslint-parser';
import { indentAt, lineEnd, lineStart } from './lines';
import {
  decimalId,
  type KeyedDocument,
  type KeyedValue,
  type Path,
  type Scalar,
  type Span,
  type Table,
} from './values';

type Body = readonly AST.TOMLKeyValue[];

/** The lines before the first header, or a header with the lines below it. */
export interface Section {
  readonly path: Path;
  readonly header?: AST.TOMLTable;
  readonly body: Body;
}

export interface TomlDocument extends KeyedDocument {
  /** In the order of the text; the first is the one without a header. */
  readonly sections: readonly Section[];
  readonly comments: readonly Span[];
}

/** A key and its value, in a section or in an inline table. */
export interface Entry {
  readonly node: AST.TOMLKeyValue;
  readonly path: Path;
  readonly section: Section;
  /** The inline table that it stands in. */
  readonly inline?: AST.TOMLInlineTable;
}

export function parseToml(text: string): TomlDocument | undefined {
  let program: AST.TOMLProgram;
  try {
    program = parseTOML(text);
  } catch {
    return undefined;
  }
  const root: AST.TOMLKeyValue[] = [];
  const sections: Section[] = [{ path: [], body: root }];
  for (const node of program.body[0].body) {
    if (node.type === 'TOMLTable') {
      sections.push({ path: keysOf(node.key), header: node, body: node.body });
    } else {
      root.push(node);
    }
  }
  return { text, root: rootOf(text, sections), sections, comments: program.comments.map(comment => comment.range) };
}

/** The comments of a TOML text, as they are written. */
export function tomlComments(text: string): string[] {
  const document = parseToml(text);
  return document ? document.comments.map(span => text.slice(...span)) : [];
}

/** Every key with a value, those of inline tables after the key that holds them; none from within lists. */
export function entriesOf(document: TomlDocument): Entry[] {
  const within = (section: Section, body: Body, prefix: Path, inline?: AST.TOMLInlineTable): Entry[] =>
    body.flatMap(node => {
      const path = [...prefix, ...keysOf(node.key)];
      const { value } = node;
      const inner = value.type === 'TOMLInlineTable' ? within(section, value.body, path, value) : [];
      return [{ node, path, section, inline }, ...inner];
    });
  return document.sections.flatMap(section => within(section, section.body, section.path));
}

/** The entry whose value is the one at the path, if a single entry is. */
export function entryAt(document: TomlDocument, path: Path): Entry | undefined {
  return entriesOf(document).find(entry => entry.path.length === path.length && startsWith(entry.path, path));
}

export function startsWith(path: Path, prefix: Path): boolean {
  return path.length >= prefix.length && prefix.every((key, index) => path[index] === key);
}

/** From the header's line to the end of the last line that belongs to the section's keys. */
export function sectionSpan({ text }: TomlDocument, { header, body }: Section): Span {
  const first = header ?? body[0];
  const last = body.at(-1) ?? header;
  return first && last ? [lineStart(text, first.range[0]), lineEnd(text, last.range[1])] : [0, 0];
}

/** The start of the lines of comments that stand directly above a line. */
export function leadStart(
  { text, comments }: TomlDocument, line: number, isPart: (comment: string) => boolean = () => true,
): number {
  let start = lineStart(text, line);
  while (start > 0) {
    const above = lineStart(text, start - 1);
    const comment = comments.find(([at]) => at === above + indentAt(text, above).length);
    if (!comment || !isPart(text.slice(...comment))) { break; }
    start = above;
  }
  return start;
}

/** The comments within a span, as they are written. */
export function commentsIn({ text, comments }: TomlDocument, [start, end]: Span): string[] {
  return comments.filter(comment => comment[0] >= start && comment[1] <= end).map(comment => text.slice(...comment));
}

/** Whether a document has a comment of this wording. */
export function hasComment(document: TomlDocument | undefined, wording: string): boolean {
  return document !== undefined && document.comments.some(comment => document.text.slice(...comment) === wording);
}

interface Writable {
  readonly kind: 'table';
  readonly entries: Map<string, KeyedValue>;
  readonly span?: Span;
}

function keysOf(key: AST.TOMLKey): string[] {
  return key.keys.map(part => part.type === 'TOMLBare' ? part.name : part.value);
}

/** The values of a document; a table that stands in several places has no span. */
function rootOf(text: string, sections: readonly Section[]): Table {
  const root = empty();
  for (const { path, header, body } of sections) {
    const parent = descend(root, path.slice(0, -1));
    const key = path.at(-1);
    let target = root;
    if (key !== undefined && header?.kind === 'array') {
      const list = parent.entries.get(key);
      target = empty();
      parent.entries.set(key, { kind: 'list', items: [...(list?.kind === 'list' ? list.items : []), target] });
    } else if (key !== undefined) {
      target = descend(parent, [key]);
    }
    fill(text, target, body);
  }
  return root;
}

function fill(text: string, target: Writable, body: Body): void {
  for (const { key, value } of body) {
    const keys = keysOf(key);
    descend(target, keys.slice(0, -1)).entries.set(keys[keys.length - 1], valueOf(text, value));
  }
}

/** The table at the path, made where it is missing; the last one where the path goes through an array of tables. */
function descend(from: Writable, path: Path): Writable {
  return path.reduce<Writable>((current, key) => {
    const found = current.entries.get(key);
    const inner = found?.kind === 'list' ? found.items.at(-1) : found;
    if (inner?.kind === 'table') { return inner as Writable; }
    const made = empty();
    current.entries.set(key, made);
    return made;
  }, from);
}

function valueOf(text: string, node: AST.TOMLContentNode): KeyedValue {
  const span: Span = [node.range[0], node.range[1]];
  if (node.type === 'TOMLArray') {
    return { kind: 'list', items: node.elements.map(element => valueOf(text, element)), span };
  }
  if (node.type === 'TOMLValue') { return scalar(node, text.slice(...span), span); }
  const inline: Writable = { ...empty(), span };
  fill(text, inline, node.body);
  return inline;
}

function scalar(node: AST.TOMLValue, raw: string, span: Span): Scalar {
  switch (node.kind) {
    case 'string': {
      // A line break of a multi-line string is whatever the file's line ending is.
      const string = node.multiline && raw.includes('\r\n') ? node.value.replace(/\r\n/g, '\n') : node.value;
      return { kind: 'scalar', id: JSON.stringify(string), raw, string, span };
    }
    case 'integer': return { kind: 'scalar', id: `integer ${node.bigint}`, raw, span };
    case 'float': {
      const id = decimalId(node.number) ?? node.number.replace('+', '');
      return { kind: 'scalar', id: `float ${id}`, raw, span };
    }
    case 'boolean': return { kind: 'scalar', id: raw, raw, span };
    default: return { kind: 'scalar', id: `${node.kind} ${raw.toUpperCase().replace(' ', 'T')}`, raw, span };
  }
}

function empty(): Writable {
  return { kind: 'table', entries: new Map() };
}
