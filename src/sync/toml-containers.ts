import type { AST } from 'toml-eslint-parser';
import type { ChildStyle } from './keyed-children';
import { type Container, container } from './keyed-container';
import { editItems } from './keyed-items';
import { indentAt, lineEnding, startsLine } from './keyed-lines';
import type { Step } from './keyed-steps';
import { entryAt, parseToml, type TomlDocument } from './toml-document';
import { TomlRenderer } from './toml-render';

/** A list or inline table as something with children between brackets. */
export function containerOf(text: string, node: AST.TOMLArray | AST.TOMLInlineTable): Container {
  const children = node.type === 'TOMLArray' ? node.elements : node.body;
  return container(text, node.range[0] + 1, node.range[1] - 1, children.map(({ range }) => range));
}

/** How something is written within a line. */
export function inLine(text: string, padding = ''): ChildStyle {
  return { render: () => text, space: ' ', unit: undefined, padding };
}

/** The user's text with the items of a list added, changed and removed. */
export function editList(theirs: TomlDocument, ours: TomlDocument, step: Step & { kind: 'list' }): string | undefined {
  const renderer = new TomlRenderer(ours, lineEnding(theirs.text));
  const unit = unitOf(ours, step.path);
  const find = (text: string): Container | undefined => {
    const document = parseToml(text);
    const value = document && entryAt(document, step.path)?.node.value;
    return value?.type === 'TOMLArray' ? containerOf(text, value) : undefined;
  };
  return editItems(theirs.text, step.items, find, item => ({ ...inLine(renderer.value(item)), unit }));
}

/** The indent of our items, if they stand on lines of their own. */
function unitOf({ text, ...rest }: TomlDocument, path: readonly string[]): string | undefined {
  const value = entryAt({ text, ...rest }, path)?.node.value;
  const [first] = value?.type === 'TOMLArray' ? value.elements : [];
  return first && startsLine(text, first.range[0]) ? indentAt(text, first.range[0]) : undefined;
}
