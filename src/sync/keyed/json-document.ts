import { createScanner, findNodeAtOffset, type Node, type ParseError, parseTree } from 'jsonc-parser';
import {
  decimalId,
  type KeyedDocument,
  type KeyedValue,
  type List,
  type Path,
  type Span,
  type Table,
  table,
} from './values';

/** Kinds of tokens; jsonc-parser declares them as an enum that is not there at run time. */
const [LINE_COMMENT, BLOCK_COMMENT, END] = [12, 13, 17];

/** A JSON text, comments and trailing commas allowed, whose root is an object. */
export interface JsonDocument extends KeyedDocument {
  readonly tree: Node;
  /** One line without blanks between the tokens. */
  readonly isMinified: boolean;
}

export function parseJson(text: string): JsonDocument | undefined {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  if (errors.length > 0 || tree?.type !== 'object') { return undefined; }
  const root = valueOf(text, tree);
  if (root?.kind !== 'table') { return undefined; }
  const firstColon = tree.children?.[0]?.colonOffset;
  const isOneLine = !text.trim().includes('\n');
  const isSolid = (at: number | undefined) => at !== undefined && /\S/.test(text[at + 1]);
  return { text, root, tree, isMinified: isOneLine && isSolid(firstColon) && isSolid(tree.offset) };
}

/** The comments of a JSON text, as they are written. */
export function jsonComments(text: string): string[] {
  const scanner = createScanner(text, false);
  const comments: string[] = [];
  for (let kind: number = scanner.scan(); kind !== END; kind = scanner.scan()) {
    if (kind === LINE_COMMENT || kind === BLOCK_COMMENT) { comments.push(scanner.getTokenValue().trim()); }
  }
  return comments;
}

/** The last property of that name: the one that counts. */
export function propertyAt(tree: Node, path: Path): Node | undefined {
  const found = propertiesOf(nodeAt(tree, path.slice(0, -1))).filter(property => keyOf(property) === path.at(-1));
  return found.at(-1);
}

export function nodeAt(tree: Node, path: Path): Node | undefined {
  return path.length === 0 ? tree : propertyAt(tree, path)?.children?.[1];
}

export function propertiesOf(node: Node | undefined): readonly Node[] {
  return node?.type === 'object' ? node.children ?? [] : [];
}

export function keyOf(property: Node): string {
  return String(property.children?.[0].value);
}

export function spanOf(node: Node): Span {
  return [node.offset, node.offset + node.length];
}

/** The node that a value of the document was read from. */
export function nodeOf(document: JsonDocument, value: KeyedValue): Node | undefined {
  let node = value.span && findNodeAtOffset(document.tree, value.span[0]);
  while (node && value.span && node.offset === value.span[0] && node.length < value.span[1] - value.span[0]) {
    node = node.parent;
  }
  return node;
}

function valueOf(text: string, node: Node): KeyedValue | undefined {
  const span = spanOf(node);
  if (node.type === 'object') { return objectOf(text, node, span); }
  if (node.type === 'array') { return arrayOf(text, node, span); }
  const raw = text.slice(...span);
  if (node.type === 'string') {
    return { kind: 'scalar', id: JSON.stringify(node.value), raw, string: String(node.value), span };
  }
  const id = node.type === 'number' ? decimalId(raw) : raw;
  return id === undefined ? undefined : { kind: 'scalar', id, raw, span };
}

function objectOf(text: string, node: Node, span: Span): Table | undefined {
  const entries: [string, KeyedValue][] = [];
  for (const property of propertiesOf(node)) {
    const value = property.children?.[1] && valueOf(text, property.children[1]);
    if (!value) { return undefined; }
    entries.push([keyOf(property), value]);
  }
  return { ...table(entries), span };
}

function arrayOf(text: string, node: Node, span: Span): List | undefined {
  const items: KeyedValue[] = [];
  for (const child of node.children ?? []) {
    const value = valueOf(text, child);
    if (!value) { return undefined; }
    items.push(value);
  }
  return { kind: 'list', items, span };
}
