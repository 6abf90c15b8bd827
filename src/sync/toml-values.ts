import type { AST } from 'toml-eslint-parser';
import { decimalId, type KeyedValue, type Scalar, type Span, type Table } from './keyed-values';

interface Writable {
  readonly kind: 'table';
  readonly entries: Map<string, KeyedValue>;
  readonly span?: Span;
}

interface Part {
  readonly path: readonly string[];
  readonly header?: AST.TOMLTable;
  readonly body: readonly AST.TOMLKeyValue[];
}

export function keysOf(key: AST.TOMLKey): string[] {
  return key.keys.map(part => part.type === 'TOMLBare' ? part.name : part.value);
}

/** The values of a document; a table that stands in several places has no span. */
export function rootOf(text: string, sections: readonly Part[]): Table {
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

function fill(text: string, target: Writable, body: readonly AST.TOMLKeyValue[]): void {
  for (const { key, value } of body) {
    const keys = keysOf(key);
    descend(target, keys.slice(0, -1)).entries.set(keys[keys.length - 1], valueOf(text, value));
  }
}

/** The table at the path, made where it is missing; the last one where the path goes through an array of tables. */
function descend(from: Writable, path: readonly string[]): Writable {
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
  if (node.type === 'TOMLArray') { return { kind: 'list', items: node.elements.map(element => valueOf(text, element)), span }; }
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
    case 'float': return { kind: 'scalar', id: `float ${decimalId(node.number) ?? node.number.replace('+', '')}`, raw, span };
    case 'boolean': return { kind: 'scalar', id: raw, raw, span };
    default: return { kind: 'scalar', id: `${node.kind} ${raw.toUpperCase().replace(' ', 'T')}`, raw, span };
  }
}

function empty(): Writable {
  return { kind: 'table', entries: new Map() };
}
