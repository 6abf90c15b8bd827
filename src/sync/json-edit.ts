import { type JsonDocument, keyOf, nodeAt, nodeOf, parseJson, propertiesOf, propertyAt, spanOf } from './json-document';
import { JsonRenderer } from './json-render';
import { type ChildStyle, insertChild, removeChild } from './keyed-children';
import { type Container, container } from './keyed-container';
import { editItems } from './keyed-items';
import { applyEdits, indentAt, startsLine } from './keyed-lines';
import type { Step } from './keyed-steps';
import type { KeyedValue, Span } from './keyed-values';

/** The user's text after one step; nothing when there is no place for it. */
export function editJson(theirs: JsonDocument, ours: JsonDocument, base: JsonDocument | undefined, step: Step): string | undefined {
  switch (step.kind) {
    case 'add': return addProperty(theirs, ours, step);
    case 'set': return setValue(theirs, ours, base, step.path, step.value);
    case 'list': return editList(theirs, ours, step);
    case 'remove': return removeProperty(theirs, step.path);
  }
}

function addProperty(theirs: JsonDocument, ours: JsonDocument, step: Step & { kind: 'add' }): string | undefined {
  const parent = step.path.slice(0, -1);
  const within = containerAt(theirs, parent);
  const property = nodeOf(ours, step.value)?.parent;
  if (!within || !property) { return undefined; }
  const renderer = new JsonRenderer(ours, theirs);
  const keys = propertiesOf(nodeAt(theirs.tree, parent)).map(keyOf);
  const sibling = step.after.find(key => keys.includes(key));
  return applyEdits(theirs.text, insertChild(within, sibling === undefined ? keys.length - 1 : keys.lastIndexOf(sibling), {
    ...styleIn(theirs, renderer, step.value, theirs.text.includes('\n')),
    padding: theirs.isMinified ? '' : ' ',
    render: indent => `${renderer.key(property)}${renderer.render(step.value, indent)}`,
  }));
}

function setValue(
  theirs: JsonDocument, ours: JsonDocument, base: JsonDocument | undefined, path: readonly string[], value: KeyedValue,
): string | undefined {
  const property = propertyAt(theirs.tree, path);
  const node = property?.children?.[1];
  if (!property || !node) { return undefined; }
  const known = base && nodeAt(base.tree, path);
  const [start, end] = spanOf(node);
  const text = theirs.text.slice(start, end);
  // A value of one piece takes the user's comments in it along, so it stays.
  if (hasComments(text) && !(base && known && base.text.slice(...spanOf(known)) === text)) { return undefined; }
  const indent = startsLine(theirs.text, property.offset) ? indentAt(theirs.text, property.offset) : undefined;
  return applyEdits(theirs.text, [{ start, end, text: new JsonRenderer(ours, theirs).render(value, indent) }]);
}

function editList(theirs: JsonDocument, ours: JsonDocument, step: Step & { kind: 'list' }): string | undefined {
  const renderer = new JsonRenderer(ours, theirs);
  const list = nodeAt(ours.tree, step.path);
  const isTall = list !== undefined && ours.text.slice(...spanOf(list)).includes('\n') && theirs.text.includes('\n');
  const find = (text: string) => { const document = parseJson(text); return document && containerAt(document, step.path); };
  return editItems(theirs.text, step.items, find, item => styleIn(theirs, renderer, item, isTall));
}

function removeProperty(theirs: JsonDocument, path: readonly string[]): string | undefined {
  const within = containerAt(theirs, path.slice(0, -1));
  const keys = propertiesOf(nodeAt(theirs.tree, path.slice(0, -1))).map(keyOf);
  const index = keys.indexOf(path.at(-1) ?? '');
  // Without the last of two properties of one name the first would count, which nobody wrote for that.
  if (!within || index < 0 || index !== keys.lastIndexOf(keys[index])) { return undefined; }
  return applyEdits(theirs.text, removeChild(within, index));
}

function styleIn(theirs: JsonDocument, renderer: JsonRenderer, value: KeyedValue, isTall: boolean): ChildStyle {
  return {
    render: indent => renderer.render(value, indent),
    space: theirs.isMinified ? '' : ' ',
    unit: isTall ? renderer.indentUnit : undefined,
    padding: '',
  };
}

function containerAt({ text, tree }: JsonDocument, path: readonly string[]): Container | undefined {
  const node = nodeAt(tree, path);
  const children: Span[] | undefined = node?.children?.map(spanOf);
  return node && children && container(text, node.offset + 1, node.offset + node.length - 1, children);
}

function hasComments(text: string): boolean {
  return /^(?:"(?:[^"\\]|\\.)*"|[^"/])*\//s.test(text);
}
