import type { Node } from 'jsonc-parser';
import { type JsonDocument, nodeOf, propertiesOf, spanOf } from './json-document';
import { indentAt, lineEnding, startsLine } from './keyed-lines';
import type { KeyedValue } from './keyed-values';

/** Writes values of one document in the layout of another, each scalar spelled as it is. */
export class JsonRenderer {
  private readonly unit: string;
  private readonly eol: string;

  public constructor(private readonly from: JsonDocument, private readonly into: JsonDocument) {
    this.unit = indentUnit(into) ?? indentUnit(from) ?? '  ';
    this.eol = lineEnding(into.text);
  }

  /** The indent of one level in the document that is written to. */
  public get indentUnit(): string {
    return this.unit;
  }

  /** The value's text on lines with this indent, or within a line. */
  public render(value: KeyedValue, indent: string | undefined): string {
    const node = nodeOf(this.from, value);
    if (!node) { throw new Error('The value is not one of the document.'); }
    return this.node(node, this.into.isMinified ? undefined : indent);
  }

  public key(property: Node): string {
    const [key] = property.children ?? [];
    return `${this.from.text.slice(...spanOf(key))}${this.into.isMinified ? ':' : ': '}`;
  }

  private node(node: Node, indent: string | undefined): string {
    const text = this.from.text.slice(...spanOf(node));
    const isOneLine = !text.includes('\n');
    if (isOneLine && !(this.into.isMinified && node.children)) { return text; }
    const isObject = node.type === 'object';
    const children = (node.children ?? []).map(child => {
      const inner = indent === undefined ? undefined : `${indent}${this.unit}`;
      const value = isObject ? child.children?.[1] ?? child : child;
      return `${isObject ? this.key(child) : ''}${this.node(value, inner)}`;
    });
    const [open, close] = isObject ? ['{', '}'] : ['[', ']'];
    if (children.length === 0) { return `${open}${close}`; }
    if (indent === undefined) {
      const padding = isObject && !this.into.isMinified ? ' ' : '';
      return `${open}${padding}${children.join(this.into.isMinified ? ',' : ', ')}${padding}${close}`;
    }
    const lines = children.map(child => `${indent}${this.unit}${child}`).join(`,${this.eol}`);
    return `${open}${this.eol}${lines}${this.eol}${indent}${close}`;
  }
}

function indentUnit({ text, tree }: JsonDocument): string | undefined {
  const [first] = propertiesOf(tree);
  const indent = first && startsLine(text, first.offset) ? indentAt(text, first.offset).slice(indentAt(text, tree.offset).length) : '';
  return indent === '' ? undefined : indent;
}
