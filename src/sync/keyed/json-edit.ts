import type { Node } from 'jsonc-parser';
import { type ChildStyle, type Container, container, editItems, insertChild, removeChild } from './containers';
import { type JsonDocument, keyOf, nodeAt, nodeOf, parseJson, propertiesOf, propertyAt, spanOf } from './json-document';
import { applyEdits, indentAt, lineEnding, startsLine } from './lines';
import { type KeyedTextMerge, mergeTexts } from './merge';
import type { AddStep, ListStep, Step } from './steps';
import type { KeyedValue, Path, Span } from './values';

/**
 * Merges our new version of a JSON text into the user's, key by key; both come from `base`, which is what we last
 * wrote.
 *
 * The result is the user's text with as few edits as possible: comments, order, indentation and the spelling of values
 * stay. Where both sides changed a key the user's value stays and is reported. Lists of scalars are merged item by
 * item, other lists are one value.
 *
 * Without a (readable) base every value that differs is the user's. Nothing is returned when the user's text is not a
 * JSON object.
 */
export function mergeJson(base: string | undefined, ours: string, theirs: string): KeyedTextMerge | undefined {
  return mergeTexts({ parse: parseJson, edit: editJson, isRequirements: () => false }, base, ours, theirs);
}

/** The user's text after one step; nothing when there is no place for it. */
export function editJson(
  theirs: JsonDocument, ours: JsonDocument, base: JsonDocument | undefined, step: Step,
): string | undefined {
  const editor = new JsonEditor(theirs, ours, base);
  switch (step.kind) {
    case 'add': return editor.add(step);
    case 'set': return editor.set(step.path, step.value);
    case 'list': return editor.editList(step);
    case 'remove': return editor.remove(step.path);
  }
}

/** Writes values of our document into the user's in the user's layout, each scalar spelled as it is in ours. */
class JsonEditor {
  /** The indent of one level. */
  private readonly unit: string;
  private readonly eol: string;
  private readonly space: string;

  public constructor(
    private readonly theirs: JsonDocument,
    private readonly ours: JsonDocument,
    private readonly base: JsonDocument | undefined,
  ) {
    this.unit = indentUnit(theirs) ?? indentUnit(ours) ?? '  ';
    this.eol = lineEnding(theirs.text);
    this.space = theirs.isMinified ? '' : ' ';
  }

  public add({ path, value, after }: AddStep): string | undefined {
    const parent = path.slice(0, -1);
    const within = containerAt(this.theirs, parent);
    const property = nodeOf(this.ours, value)?.parent;
    if (!within || !property) { return undefined; }
    const keys = propertiesOf(nodeAt(this.theirs.tree, parent)).map(keyOf);
    const sibling = after.find(key => keys.includes(key));
    return applyEdits(
      this.theirs.text,
      insertChild(within, sibling === undefined ? keys.length - 1 : keys.lastIndexOf(sibling), {
        ...this.style(value, this.theirs.text.includes('\n')),
        padding: this.space,
        render: indent => `${this.key(property)}${this.value(value, indent)}`,
      }),
    );
  }

  public set(path: Path, value: KeyedValue): string | undefined {
    const { text, tree } = this.theirs;
    const property = propertyAt(tree, path);
    const node = property?.children?.[1];
    if (!property || !node) { return undefined; }
    const [start, end] = spanOf(node);
    const known = this.base && nodeAt(this.base.tree, path);
    const isKnown = known && this.base?.text.slice(...spanOf(known)) === text.slice(start, end);
    // A value of one piece takes the user's comments in it along, so it stays.
    if (hasComments(text.slice(start, end)) && !isKnown) { return undefined; }
    const indent = startsLine(text, property.offset) ? indentAt(text, property.offset) : undefined;
    return applyEdits(text, [{ start, end, text: this.value(value, indent) }]);
  }

  public editList({ path, items }: ListStep): string | undefined {
    const list = nodeAt(this.ours.tree, path);
    const isTall =
      list !== undefined && this.ours.text.slice(...spanOf(list)).includes('\n') && this.theirs.text.includes('\n');
    const find = (text: string) => {
      const document = parseJson(text);
      return document && containerAt(document, path);
    };
    return editItems(this.theirs.text, items, find, item => this.style(item, isTall));
  }

  public remove(path: Path): string | undefined {
    const parent = path.slice(0, -1);
    const within = containerAt(this.theirs, parent);
    const keys = propertiesOf(nodeAt(this.theirs.tree, parent)).map(keyOf);
    const index = keys.indexOf(path.at(-1) ?? '');
    // Without the last of two properties of one name the first would count, which nobody wrote for that.
    if (!within || index < 0 || index !== keys.lastIndexOf(keys[index])) { return undefined; }
    return applyEdits(this.theirs.text, removeChild(within, index));
  }

  private style(value: KeyedValue, isTall: boolean): ChildStyle {
    return {
      render: indent => this.value(value, indent),
      space: this.space,
      unit: isTall ? this.unit : undefined,
      padding: '',
    };
  }

  /** The value's text on lines with this indent, or within a line. */
  private value(value: KeyedValue, indent: string | undefined): string {
    const node = nodeOf(this.ours, value);
    if (!node) { throw new Error('The value is not one of the document.'); }
    return this.node(node, this.theirs.isMinified ? undefined : indent);
  }

  private key(property: Node): string {
    const [key] = property.children ?? [];
    return `${this.ours.text.slice(...spanOf(key))}:${this.space}`;
  }

  private node(node: Node, indent: string | undefined): string {
    const text = this.ours.text.slice(...spanOf(node));
    const isOneLine = !text.includes('\n');
    if (isOneLine && !(this.theirs.isMinified && node.children)) { return text; }
    const isObject = node.type === 'object';
    const inner = indent === undefined ? undefined : `${indent}${this.unit}`;
    const children = (node.children ?? []).map(child => {
      const value = isObject ? (child.children?.[1] ?? child) : child;
      return `${isObject ? this.key(child) : ''}${this.node(value, inner)}`;
    });
    const [open, close] = isObject ? ['{', '}'] : ['[', ']'];
    if (children.length === 0) { return `${open}${close}`; }
    if (inner === undefined) {
      const padding = isObject ? this.space : '';
      return `${open}${padding}${children.join(`,${this.space}`)}${padding}${close}`;
    }
    const lines = children.map(child => `${inner}${child}`).join(`,${this.eol}`);
    return `${open}${this.eol}${lines}${this.eol}${indent}${close}`;
  }
}

function containerAt({ text, tree }: JsonDocument, path: Path): Container | undefined {
  const node = nodeAt(tree, path);
  const children: Span[] | undefined = node?.children?.map(spanOf);
  return node && children && container(text, node.offset + 1, node.offset + node.length - 1, children);
}

function hasComments(text: string): boolean {
  return /^(?:"(?:[^"\\]|\\.)*"|[^"/])*\//s.test(text);
}

function indentUnit({ text, tree }: JsonDocument): string | undefined {
  const [first] = propertiesOf(tree);
  if (!first || !startsLine(text, first.offset)) { return undefined; }
  const indent = indentAt(text, first.offset).slice(indentAt(text, tree.offset).length);
  return indent === '' ? undefined : indent;
}
