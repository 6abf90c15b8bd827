import { type AST, parseTOML } from 'toml-eslint-parser';
import type { KeyedDocument, Span } from './keyed-values';
import { keysOf, rootOf } from './toml-values';

/** The lines before the first header, or a header with the lines below it. */
export interface Section {
  readonly path: readonly string[];
  readonly header?: AST.TOMLTable;
  readonly body: readonly AST.TOMLKeyValue[];
}

export interface TomlDocument extends KeyedDocument {
  /** In the order of the text; the first is the one without a header. */
  readonly sections: readonly Section[];
  readonly comments: readonly Span[];
}

/** A key and its value, in a section or in an inline table. */
export interface Entry {
  readonly node: AST.TOMLKeyValue;
  readonly path: readonly string[];
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

/** Every key with a value, those of inline tables after the key that holds them; none from within lists. */
export function entriesOf(document: TomlDocument): Entry[] {
  type Body = readonly AST.TOMLKeyValue[];
  const within = (section: Section, body: Body, prefix: readonly string[], inline?: AST.TOMLInlineTable): Entry[] => body.flatMap(node => {
    const path = [...prefix, ...keysOf(node.key)];
    const { value } = node;
    return [{ node, path, section, inline }, ...(value.type === 'TOMLInlineTable' ? within(section, value.body, path, value) : [])];
  });
  return document.sections.flatMap(section => within(section, section.body, section.path));
}

/** The entry whose value is the one at the path, if a single entry is. */
export function entryAt(document: TomlDocument, path: readonly string[]): Entry | undefined {
  return entriesOf(document).find(entry => entry.path.length === path.length && startsWith(entry.path, path));
}

export function startsWith(path: readonly string[], prefix: readonly string[]): boolean {
  return path.length >= prefix.length && prefix.every((key, index) => path[index] === key);
}
