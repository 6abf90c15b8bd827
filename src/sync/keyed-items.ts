import { type ChildStyle, insertChild, removeChild } from './keyed-children';
import type { Container } from './keyed-container';
import { applyEdits } from './keyed-lines';
import type { StepItem } from './keyed-steps';
import type { KeyedValue } from './keyed-values';

/** Edits a list of the user's text item by item; `find` finds it again after each edit, `style` says how one of our items is written. */
export function editItems(
  text: string, items: readonly StepItem[], find: (text: string) => Container | undefined, style: (item: KeyedValue) => ChildStyle,
): string | undefined {
  let list = find(text);
  const order: (StepItem | undefined)[] = list?.children.map((_, index) => items.find(({ from }) => from === index)) ?? [];
  const edit = (edits: (within: Container) => Parameters<typeof applyEdits>[1]) => {
    list = list && find(applyEdits(list.text, edits(list)));
  };
  edit(within => items.flatMap(({ from, item }) => {
    if (from === undefined || !item) { return []; }
    const [start, end] = within.children[from];
    return [{ start, end, text: style(item).render(undefined) }];
  }));
  items.forEach((item, index) => {
    if (item.from !== undefined || !item.item) { return; }
    const { item: value } = item;
    const after = index === 0 ? order.length - 1 : order.indexOf(items[index - 1]);
    edit(within => insertChild(within, after, style(value)));
    order.splice(after + 1, 0, item);
  });
  for (let index = order.length - 1; index >= 0; index--) {
    if (!order[index]) { edit(within => removeChild(within, index)); }
  }
  return list?.text;
}
